import keras
from keras import layers

latent_dim = 8
critic = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(1)])
noise = keras.Input((latent_dim,))
generator = keras.Model(noise, layers.Reshape((4, 4, 1))(layers.Dense(16)(noise)), name="maker")


class GAN(keras.Model):
    def __init__(self, critic, generator, latent_dim):
        super().__init__()
        self.critic = critic
        self.generator = generator
        self.scorer = keras.Sequential([layers.Dense(2)])
        self.latent_dim = latent_dim

    def train_step(self, images):
        noise = keras.random.normal((images.shape[0], self.latent_dim))
        return {"loss": self.critic(self.generator(noise))}


model = GAN(critic=critic, generator=generator, latent_dim=latent_dim)
