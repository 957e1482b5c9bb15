"""The passwords of the class."""

from firstuseauthenticator import FirstUseAuthenticator

from tools.classroom.members import hashable


class Passwords(FirstUseAuthenticator):
    """The first password typed for a name is its password, however long it is."""

    async def authenticate(self, handler, data):
        """Return the name if the password is right."""
        return await super().authenticate(handler, {**data, "password": hashable(data["password"])})

    def reset_password(self, username, new_password):
        """Give a name another password; return what happened, in words."""
        return super().reset_password(username, hashable(new_password))
