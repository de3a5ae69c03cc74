"""The model of the article that the project began with: 203,459 parameters in 15 variables."""

ARTICLE = {
    "name": "article",
    "input_shape": [5, 126],
    "layers": [
        {"LSTM": {"units": 64, "return_sequences": True}},
        {"LSTM": {"units": 128, "return_sequences": True}},
        {"LSTM": 64},
        {"Dense": 64},
        {"Dense": 32},
        {"Dense": 3},
    ],
}
