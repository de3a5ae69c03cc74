"""The model of the article that started the project, in the style of public programs."""

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

ARTICLE = b"""\
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import LSTM, Dense
from tensorflow.keras.callbacks import TensorBoard

log_dir = os.path.join('Logs')
tb_callback = TensorBoard(log_dir=log_dir)

model = Sequential()
model.add(LSTM(64, return_sequences=True, activation='relu', input_shape=(5,126)))
model.add(LSTM(128, return_sequences=True, activation='relu'))
model.add(LSTM(64, return_sequences=False, activation='relu'))
model.add(Dense(64, activation='relu'))
model.add(Dense(32, activation='relu'))
model.add(Dense(actions.shape[0], activation='softmax'))

model.compile(optimizer='Adam', loss='categorical_crossentropy', metrics=['categorical_accuracy'])
model.fit(X_train, y_train, epochs=2000, callbacks=[tb_callback])
"""


@pytest.mark.parametrize(
    "settings", [{"actions.shape[0]": 3}, {"actions.shape": [3]}, {"actions.shape ": [3]}]
)
def test_the_model_of_the_article_is_counted(settings):
    assert infer(read_python(ARTICLE, settings=settings)).total_params == 203_459


def test_it_asks_for_the_only_unknown_size():
    summary = infer(read_python(ARTICLE, name="train.py"))
    assert [layer.params for layer in summary.layers][:-1] == [48896, 98816, 49408, 4160, 2080]
    assert summary.notes == (
        "train.py:14:17: dense_2.units needs `actions.shape[0]`, which is not known "
        "(the program does not define actions): "
        "--set 'actions.shape[0]=3'",
    )


def test_actions_written_down():
    known = b"import numpy as np\nactions = np.array(['hello', 'thanks', 'iloveyou'])\n" + ARTICLE
    assert infer(read_python(known)).total_params == 203_459
