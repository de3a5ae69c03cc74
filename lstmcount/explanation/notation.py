"""Textbook symbols for the names of Keras's weights: `recurrent_kernel_f` is U_f."""

from __future__ import annotations

from lstmcount.escapes import for_latex

LETTERS = {
    "kernel": "W",
    "recurrent_kernel": "U",
    "bias": "b",
    "bias_input": "b",
    "bias_recurrent": "b′",
    "embeddings": "E",
    "gamma": "γ",
    "beta": "β",
    "moving_mean": "μ",
    "moving_variance": "σ²",
    "epsilon": "ε",
    "c_tilde": "c̃",
    "h_tilde": "h̃",
}
GREEK = {
    "γ": r"\gamma",
    "β": r"\beta",
    "μ": r"\mu",
    "σ²": r"\sigma^2",
    "ε": r"\varepsilon",
    "c̃": r"\tilde{c}",
    "h̃": r"\tilde{h}",
    "b′": "b'",
}


def symbol(name: str) -> str:
    """
    >>> symbol("recurrent_kernel_f"), symbol("bias_recurrent_z"), symbol("query_kernel")
    ('U_f', 'b′_z', 'W_query')
    >>> symbol("lora_kernel_a"), symbol("scores")
    ('lora_kernel_a', 'scores')
    """
    letter, index = _split(name)
    return f"{letter}_{index}" if index else letter


def latex_symbol(name: str) -> str:
    """
    >>> latex_symbol("recurrent_kernel_f"), latex_symbol("c_tilde"), latex_symbol("scores")
    ('U_{f}', '\\\\tilde{c}', '\\\\text{scores}')
    """
    letter, index = _split(name)
    shown = GREEK.get(letter) or latex_name(letter)
    if not index:
        return shown
    return f"{shown}_{{{latex_name(index)}}}"


def latex_name(name: str) -> str:
    """
    >>> latex_name("kernel_height"), latex_name("W")
    ('\\\\text{kernel\\\\_height}', 'W')
    """
    if name.isdigit() or (len(name) == 1 and name.isalnum()):
        return name
    return rf"\text{{{for_latex(name)}}}"


def _split(name: str) -> tuple[str, str]:
    """The letter and the index of a name, from its longest known start, else from its known end."""
    words = name.split("_")
    for end in range(len(words), 0, -1):
        known = LETTERS.get("_".join(words[:end]))
        if known:
            return known, "_".join(words[end:])
    if words[-1] in ("kernel", "bias", "gamma", "beta") and words[0] != "lora":
        return LETTERS[words[-1]], "_".join(words[:-1])
    return name, ""
