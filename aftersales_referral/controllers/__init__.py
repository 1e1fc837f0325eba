from . import refer, rewards
