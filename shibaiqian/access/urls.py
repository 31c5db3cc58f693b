from django.urls import path

from shibaiqian.access.pages import accounts, door, own, roles, second_factor

urlpatterns = [
    path("signin/", door.sign_in, name="sign_in"),
    path("signin/code/", door.second_step, name="second_step"),
    path("signout/", door.sign_out, name="sign_out"),
    path("no-role/", door.no_role, name="no_role"),
    path("language/", door.language, name="language"),
    path("account/role/", own.choose_role, name="choose_role"),
    path("account/role/switch/", own.switch_role, name="switch_role"),
    path("account/password/", own.change_password, name="change_password"),
    path("account/sessions/", own.own_sessions, name="sessions"),
    path("me/second-factor/", second_factor.second_factor, name="second_factor"),
    path("account/stand-ins/", own.stand_ins, name="stand_ins"),
    path("account/stand-ins/end/", own.end_stand_in, name="end_stand_in"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/open/", accounts.open_account, name="open_account"),
    path("accounts/change/", accounts.change_account, name="change_account"),
    path("roles/", roles.roles, name="roles"),
    path("roles/grant/", roles.grant_role, name="grant_role"),
    path("roles/end/", roles.end_role, name="end_role"),
]
