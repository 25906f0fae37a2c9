from . import account_move_preview
