from . import account_move, efacture_exchange, efacture_faults
