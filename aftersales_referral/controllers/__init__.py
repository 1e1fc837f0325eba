from . import payment, refer, referrals, rewards
