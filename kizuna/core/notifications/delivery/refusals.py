"""How the other side says no to a mail."""


class NotAccepted(Exception):
    """The mail was not taken over. `is_final`: trying again would be useless; `is_bounce`: the address refused it."""

    def __init__(self, answer: str, *, is_final: bool = False, is_bounce: bool = False) -> None:
        super().__init__(answer)
        self.answer = answer
        self.is_final = is_final
        self.is_bounce = is_bounce
