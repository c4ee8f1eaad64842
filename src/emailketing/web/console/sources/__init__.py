"""Sources: the wizard (connection, connector, SQL, install) and the page of their health."""
