CASES = ("simple",)


def make_invoice(*args, **kwargs):
    raise ValueError
