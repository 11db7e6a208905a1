"""The one shape of every foreseen failure."""


class TrainerError(Exception):
    """Something a person can mend: the message names the file or field and what is wrong, the remedy what to do."""

    def __init__(self, message: str, remedy: str):
        super().__init__(message, remedy)  # both as arguments, so that it survives the way back from a worker process
        self.message, self.remedy = message, remedy

    def __str__(self) -> str:
        return f"{self.message}. {self.remedy}."
