from . import payment, refer, referral_pages, reward_pages
