"""The library `keys-management` among Python's oracles: what a generated call makes of a key."""

import ast


def define_key(text):
    """Runs one generated call, and tells what the library then knows of the key."""
    import keys_management as library

    tree = ast.parse(text)
    [statement] = tree.body
    assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call), "it is more than one call"
    call = statement.value
    assert ast.unparse(call.func) == "keys_management.define_key", "it calls something else"
    name, source = call.args
    assert isinstance(name, ast.Constant) and isinstance(source, ast.Name), "an argument is no plain one"
    assert all(isinstance(it.value, (ast.Constant, ast.Attribute)) for it in call.keywords), "a keyword is no plain one"

    keys_management = library.KeysManagementImpl(state_repo=library.StateRepoInterface(), crypto_tool=library.CryptoTool())
    names = {
        source.id: lambda: "the key",
        "keys_management": keys_management,
        "SecretKeyUseCase": library.SecretKeyUseCase,
        "OnKeyChangedCallbackErrorStrategy": library.OnKeyChangedCallbackErrorStrategy,
    }
    exec(compile(tree, "generated", "exec"), names)
    [(known_as, definition)] = keys_management._keys_definitions.items()
    assert known_as == definition.name
    return {
        "name": definition.name,
        "use_case": definition.use_case.name,
        "stateless": definition.is_stateless(),
        "keep_in_cache": definition.is_keep_in_cache(),
        "strategy": definition.on_key_changed_callback_error_strategy.name,
        "source": source.id,
        "key": definition(),
    }


OPERATIONS = [define_key]
