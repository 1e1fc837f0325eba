"""The stories every part of the suite has to make true."""

from .renewal import RenewalStory
from .season import tell_season
from .standard import StandardStory
from .table import print_contract, print_referral
from .today import Today
from .vip import VipStory


def tell_all(env):
    """Tell the stories, if this database does not know them, and print what they left behind."""
    vip, standard = VipStory(env).tell(), StandardStory(env).tell()
    tell_season(env)
    renewal = RenewalStory(env).tell()
    Today(env).tell()
    print_contract(vip.contract)
    print_referral(vip)
    print_contract(standard.contract)
    print_contract(renewal.child)
