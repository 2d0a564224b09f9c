from tests.score.conftest import learnt

__all__ = ["learnt"]
