"""Findings that two people make, and answers given before a report leaves"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BEFORE = "kind IN ('correction', 'assessment', 'trace')"
AFTER = "kind IN ('correction', 'assessment', 'trace', 'lowering', 'settled', 'gate')"


def check(condition: str) -> None:
    name = op.f("ck_finding_kind")
    with op.batch_alter_table("finding") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, condition)


def upgrade() -> None:
    check(AFTER)
    # The desk's list of what waits for a second person asks for two rare kinds.
    op.create_index(op.f("ix_finding_kind"), "finding", ["kind"])


def downgrade() -> None:
    op.drop_index(op.f("ix_finding_kind"), table_name="finding")
    # The older release would apply a lowering alone, so what nobody agreed to goes with the kind.
    op.execute("DELETE FROM finding WHERE kind IN ('lowering', 'settled', 'gate')")
    check(BEFORE)
