"""A file that cannot be taken, with the sentence that its owner reads."""


class NotTaken(Exception):
    """`sentence` says what is wrong with the file and what to do instead."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
