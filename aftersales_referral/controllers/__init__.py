from . import payment, refer, rewards
