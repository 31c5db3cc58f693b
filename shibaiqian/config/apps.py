from django.apps import AppConfig
from django.forms import Field
from django.utils.translation import gettext_lazy as _


class ConfigApp(AppConfig):
    name = "shibaiqian.config"

    def ready(self) -> None:
        """Django would say “这个字段是必填项”; people fill something in and know of no fields."""
        Field.default_error_messages["required"] = _("请填写。")
