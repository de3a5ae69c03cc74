"""Preprocessing of numbers, words, categories and sound."""

from __future__ import annotations

from typing import Any

from _notation import Case, case, cases, integers, layer, tensor

NUMBERS = tensor(6)
WORDS = tensor(4, dtype="string")
MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf", "hot")


def lookup(vocabulary: list[Any], inputs: Any, *arguments: dict[str, Any]) -> list[Case]:
    """Cases of IntegerLookup and StringLookup."""
    known = {"vocabulary": vocabulary}
    weights = {"idf_weights": [0.5] * len(vocabulary)}
    return [
        *cases(
            inputs,
            known,
            *({**known, "output_mode": mode} for mode in MODES),
            {**known, "output_mode": "tf_idf", **weights},
            {**known, "num_oov_indices": 3, "output_mode": "multi_hot"},
            {**known, "num_oov_indices": 0, "output_mode": "multi_hot"},
            {**known, "num_oov_indices": -1},
            {**known, "max_tokens": 10, "pad_to_max_tokens": True, "output_mode": "multi_hot"},
            {**known, "max_tokens": 10, "output_mode": "multi_hot"},
            {**known, "max_tokens": 2},
            {**known, "max_tokens": 1},
            {**known, "invert": True},
            {**known, "invert": True, "output_mode": "one_hot"},
            {"vocabulary": vocabulary + vocabulary[:1]},
            {"vocabulary": []},
            {},
            {"output_mode": "multi_hot"},
            {"max_tokens": 10, "output_mode": "multi_hot"},
            {"max_tokens": 10, "output_mode": "multi_hot", "pad_to_max_tokens": True},
            {**known, "sparse": True},
            *({**known, **each} for each in arguments),
        ),
    ]


STFT: list[dict[str, Any]] = [
    {},
    *({"mode": mode} for mode in ("real", "imag", "magnitude", "psd", "angle", "stft", "wrong")),
    {"frame_length": 150, "frame_step": 10, "fft_length": 512},
    {"frame_length": 150, "frame_step": 10, "fft_length": 512, "padding": "same"},
    {"frame_length": 150, "frame_step": 10, "mode": "stft", "expand_dims": True},
    {"frame_length": 150, "fft_length": 512, "expand_dims": True, "trainable": False},
    {"frame_length": 151},
    {"window": None},
    {"window": "hamming", "scaling": None, "periodic": True},
    {"frame_length": 600, "fft_length": 512},
    {"frame_length": 0},
    {"frame_step": 300},
    {"scaling": "wrong"},
    {"window": "wrong"},
    {"padding": "causal"},
    {"frame_length": 1024},
    {"trainable": True},
    {"dtype": "mixed_float16"},
]

CASES: dict[str, list[Case]] = {
    "CategoryEncoding": [
        *cases(
            integers(4),
            {"num_tokens": 5},
            *({"num_tokens": 5, "output_mode": mode} for mode in MODES),
            {"num_tokens": 5, "dtype": "int32"},
            {"num_tokens": 5, "sparse": True},
            {"num_tokens": 0},
            {"num_tokens": -1},
            {},
        ),
        case({"num_tokens": 5, "output_mode": "one_hot"}, integers(1)),
        case({"num_tokens": 5, "output_mode": "one_hot"}, integers(4, 1)),
        case({"num_tokens": 5, "output_mode": "one_hot"}, integers(2, 3)),
        case({"num_tokens": 5, "output_mode": "one_hot"}, integers()),
        case({"num_tokens": 5}, integers(2, 3)),
        case({"num_tokens": 5}, integers()),
        case({"num_tokens": 5}, integers(None)),
        case({"num_tokens": 5, "output_mode": "count"}, integers(4), count_weights=tensor(4)),
        case({"num_tokens": 5}, integers(4), count_weights=tensor(4)),
    ],
    "Discretization": [
        *cases(
            NUMBERS,
            {"bin_boundaries": [0.0, 0.5, 1.0]},
            *({"bin_boundaries": [0.0, 1.0], "output_mode": mode} for mode in MODES),
            {"num_bins": 4},
            {"num_bins": 4, "epsilon": 0.1, "output_mode": "one_hot"},
            {"num_bins": 4, "bin_boundaries": [0.0]},
            {"num_bins": -1},
            {"bin_boundaries": []},
            {"bin_boundaries": [0.0], "dtype": "int64"},
            {},
        ),
        case({"bin_boundaries": [0.0], "output_mode": "one_hot"}, tensor(1)),
        case({"bin_boundaries": [0.0], "output_mode": "one_hot"}, tensor()),
        case({"bin_boundaries": [0.0, 1.0], "output_mode": "multi_hot"}, tensor(2, 3)),
        case({"bin_boundaries": [0.0]}, tensor(None, 3)),
    ],
    "HashedCrossing": [
        *(
            case({"num_bins": 5, **each}, [WORDS_OR_NUMBERS, WORDS_OR_NUMBERS])
            for WORDS_OR_NUMBERS in (integers(), integers(1), tensor(dtype="string"))
            for each in ({}, {"output_mode": "one_hot"}, {"dtype": "int64"})
        ),
        case({"num_bins": 5, "output_mode": "multi_hot"}, [integers(), integers()]),
        case({"num_bins": 0}, [integers(), integers()]),
        case({}, [integers(), integers()]),
        case({"num_bins": 5}, integers(2)),
        case({"num_bins": 5}, [integers(2), integers(3)]),
        case({"num_bins": 5}, [integers()]),
        case({"num_bins": 5, "dtype": "float32"}, [integers(), integers()]),
    ],
    "Hashing": [
        *cases(
            integers(4),
            {"num_bins": 5},
            *({"num_bins": 5, "output_mode": mode} for mode in MODES),
            {"num_bins": 5, "salt": 3},
            {"num_bins": 5, "salt": [3, 4]},
            {"num_bins": 5, "salt": "salt"},
            {"num_bins": 5, "mask_value": 0},
            {"num_bins": 5, "dtype": "int64"},
            {"num_bins": 5, "dtype": "float32"},
            {"num_bins": 5, "output_mode": "one_hot", "dtype": "float16"},
            {"num_bins": 0},
            {"num_bins": -3},
            {},
        ),
        case({"num_bins": 5}, WORDS),
        case({"num_bins": 5, "output_mode": "one_hot"}, integers(1)),
    ],
    "IntegerLookup": lookup(
        [10, 20, 30], integers(4), {"mask_token": 0}, {"mask_token": 0, "output_mode": "one_hot"}
    ),
    "MelSpectrogram": [
        *(
            case(each, tensor(16000))
            for each in (
                {},
                {"num_mel_bins": 64, "sampling_rate": 8000},
                {"fft_length": 512, "sequence_stride": 128},
                {"fft_length": 512, "sequence_stride": 128, "sequence_length": 256},
                {"sequence_length": 4096},
                {"num_mel_bins": 0},
                {"power_to_db": False, "dtype": "float16"},
                {"fft_length": 500},
                {"sequence_stride": 0},
                {"min_freq": 9000.0},
                {"bins": 3},
            )
        ),
        case({}, tensor(None)),
        case({}, tensor(2, 16000)),
        case({}, tensor(100)),
        case({}, tensor(batch=16000)),
    ],
    "Normalization": [
        *cases(
            tensor(4, 6),
            {},
            {"axis": None},
            {"axis": 1},
            {"axis": [1, 2]},
            {"axis": (-1,)},
            {"axis": 0},
            {"axis": 3},
            {"axis": -4},
            {"mean": 0.5, "variance": 1.5},
            {"mean": [0.5] * 6, "variance": [1.5] * 6},
            {"mean": [0.5] * 6, "variance": [1.5] * 6, "invert": True},
            {"mean": [0.5] * 5, "variance": [1.5] * 5},
            {"mean": 0.5},
            {"mean": 0.5, "variance": 1.5, "axis": None},
            {"dtype": "mixed_float16"},
            {"trainable": False},
        ),
        case({}, tensor(None, 6)),
        case({}, tensor(4, None)),
        case({"axis": None}, tensor(None, None)),
        case({"axis": 1}, tensor(None, 6)),
        case({}, tensor()),
        case({"axis": None}, tensor()),
        case({}, integers(6)),
    ],
    "Pipeline": [
        *cases(
            tensor(8, 9, 3),
            {"layers": [layer("AutoContrast"), layer("RandomBrightness", factor=0.1)]},
            {"layers": [layer("CenterCrop", height=4, width=5), layer("RandomFlip")]},
            {"layers": [layer("Rescaling", scale=0.5)], "name": "steps"},
            {"layers": [layer("Normalization"), layer("Dense", units=4)]},
            {"layers": []},
            {"layers": [layer("Conv1D", filters=2, kernel_size=3)]},
            {},
        ),
    ],
    "Rescaling": [
        *cases(
            NUMBERS,
            {"scale": 1 / 255},
            {"scale": 2, "offset": 0.5},
            {"scale": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]},
            {"scale": [1.0, 2.0], "offset": [0.0, 1.0]},
            {"scale": 0.5, "dtype": "mixed_float16"},
            {"scale": 0.5, "dtype": "int32"},
            {},
        ),
        case({"scale": 0.5}, integers(6)),
        case({"scale": 0.5}, tensor(None, None, 3, dtype="uint8")),
        case({"scale": [1.0, 2.0, 3.0]}, tensor(4, 5, 1)),
    ],
    "STFTSpectrogram": [
        *cases(tensor(1600, 1), *STFT),
        *cases(tensor(1600, 2), {}, {"expand_dims": True}, {"mode": "stft"}),
        case({"data_format": "channels_first", "frame_length": 150}, tensor(1, 1600)),
        case(
            {"data_format": "channels_first", "frame_length": 150, "expand_dims": True},
            tensor(2, 1600),
        ),
        case({}, tensor(None, 1)),
        case({}, tensor(1600)),
        case({}, tensor(2, 1600, 1)),
    ],
    "StringLookup": lookup(
        ["a", "b", "c"],
        WORDS,
        {"mask_token": ""},
        {"mask_token": "", "output_mode": "one_hot"},
        {"oov_token": "?", "encoding": "utf-16"},
    ),
    "TextVectorization": [
        *cases(
            tensor(1, dtype="string"),
            {},
            {"vocabulary": ["a", "b"]},
            {"vocabulary": ["a", "b"], "output_sequence_length": 7},
            *({"vocabulary": ["a", "b"], "output_mode": mode} for mode in MODES),
            {"max_tokens": 10, "output_mode": "multi_hot", "pad_to_max_tokens": True},
            {"max_tokens": 0},
            {"split": "wrong"},
            {"ngrams": 2},
        ),
        case({"output_sequence_length": 7}, tensor(dtype="string")),
    ],
}
