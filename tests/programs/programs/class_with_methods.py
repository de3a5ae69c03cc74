import keras
from keras import layers


class Agent:
    def __init__(self, state_size, action_size, hidden=(24, 24)):
        self.state_size = state_size
        self.action_size = action_size
        self.hidden = hidden
        self.memory = []
        self.model = self._build_model()

    def _build_model(self):
        model = keras.Sequential()
        model.add(keras.Input((self.state_size,)))
        for units in self.hidden:
            model.add(layers.Dense(units, activation="relu"))
        model.add(layers.Dense(self.action_size, activation="linear"))
        model.compile(loss="mse", optimizer=keras.optimizers.Adam(learning_rate=0.001))
        return model

    def remember(self, state, action, reward, next_state, done):
        self.memory.append((state, action, reward, next_state, done))


agent = Agent(state_size=4, action_size=2)
model = agent.model
