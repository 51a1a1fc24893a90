"""The accounts of the demonstration (演示账号): invented people, one shown password."""

from pilot.domain.people import Role

PASSWORD = "Yanshi-2026-Only"
ACCOUNTS: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("manager", "演示管理甲", (Role.MANAGER,)),
    ("manager2", "演示管理乙", (Role.MANAGER,)),
    ("reviewer", "演示审核甲", (Role.REVIEWER,)),
    ("reviewer2", "演示审核乙", (Role.REVIEWER,)),
    ("researcher", "演示科研人员", (Role.RESEARCHER,)),
    ("officer", "演示上报人员", (Role.OFFICER,)),
    ("province", "演示省级只读", (Role.PROVINCE,)),
    ("admin", "演示系统管理员", (Role.ADMIN,)),
)
