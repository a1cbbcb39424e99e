"""The one environment of all services' migrations: the connection and the metadata are handed in by the runner."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
