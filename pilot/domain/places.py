"""What "in the city" means, by statistical area code (统计用区划代码, 2023 edition)."""

CITY = "2111"
COUNTIES = ("211102", "211103", "211104", "211122")


def is_local_entity(area: str | None) -> bool:
    """Whether a unit is registered in Panjin (code 2111…)."""
    return bool(area) and area.startswith(CITY)


def is_local_site(area: str | None) -> bool:
    """Whether a plant stands in one of the four counties of Panjin."""
    return bool(area) and area.startswith(COUNTIES)
