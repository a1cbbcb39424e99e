"""``socles trust``: take the sandbox's root, and tell how Java, .NET or the system comes to trust it.

One root for all that it serves: HTTPS, mutual TLS, STARTTLS.
"""

from pathlib import Path
from typing import Annotated

import typer

from sandbox.commands import show
from sandbox.commands.api import opened
from sandbox.commands.options import DEFAULT_URL, AsJson, Url

ALIAS = "socles"
_JAVA = """# Java : un magasin à part, à donner à votre logiciel (rien ne change pour le reste de la machine)
keytool -importcert -noprompt -alias {alias} -file {pem} -keystore {stem}.p12 -storetype PKCS12 -storepass changeit
java -Djavax.net.ssl.trustStore={stem}.p12 -Djavax.net.ssl.trustStorePassword=changeit …
# ou dans le magasin de la JVM (pour la retirer : keytool -delete -cacerts -alias {alias})
keytool -importcert -noprompt -cacerts -storepass changeit -alias {alias} -file {pem}"""
_DOTNET = """# .NET sous Windows (PowerShell, pour l'utilisateur) : .NET suit le magasin du système
Import-Certificate -FilePath {pem} -CertStoreLocation Cert:\\CurrentUser\\Root
# .NET sous Linux suit OpenSSL :
SSL_CERT_FILE={pem} dotnet run"""
_SYSTEM = """# Debian, Ubuntu
sudo cp {pem} /usr/local/share/ca-certificates/{alias}.crt && sudo update-ca-certificates
# Fedora, RHEL
sudo cp {pem} /etc/pki/ca-trust/source/anchors/{alias}.pem && sudo update-ca-trust
# macOS
security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db {pem}
# Windows (PowerShell)
Import-Certificate -FilePath {pem} -CertStoreLocation Cert:\\CurrentUser\\Root
# curl, Python, Node sans rien installer
SSL_CERT_FILE={pem}   NODE_EXTRA_CA_CERTS={pem}"""


def trust(
    *,
    java: Annotated[bool, typer.Option("--java", help="Pour Java.")] = False,
    dotnet: Annotated[bool, typer.Option("--dotnet", help="Pour .NET.")] = False,
    system: Annotated[bool, typer.Option("--system", help="Pour le système.")] = False,
    url: Url = DEFAULT_URL,
    output: Annotated[Path, typer.Option("--output", "-o", help="Où écrire la racine.")] = Path("socles.pem"),
    as_json: AsJson = False,
) -> None:
    """Prendre la racine du bac à sable et dire comment s'y fier / fetch its root, and tell how to trust it.

    Rien n'est installé : les commandes sont données, à vous de les lancer. C'est la racine des serveurs (HTTPS, SMTP) ;
    toutes les autorités, intermédiaires compris : socles pki ca.
    """
    with opened(url, None) as api:
        output.write_bytes(server_root(api.bytes("/_sandbox/pki/ca.pem")))
    wanted = {_JAVA: java, _DOTNET: dotnet, _SYSTEM: system}
    chosen = [text for text, asked in wanted.items() if asked] or list(wanted)
    known = {"pem": output.resolve(), "stem": output.resolve().with_suffix(""), "alias": ALIAS}
    advice = "\n\n".join(text.format_map(known) for text in chosen)
    if as_json:
        show.as_json({"certificate": str(output), "commands": advice})
    else:
        print(f"# racine : {output}\n{advice}")


def server_root(authorities: bytes) -> bytes:
    """Of all authorities (PEM) the root above the sandbox's servers, alone: most stores take one certificate a file."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    from socle.pki.names import CHAINS, Range, authority_name

    wanted = authority_name(CHAINS[Range.ORGANISATIONS].root)
    found = next(one for one in x509.load_pem_x509_certificates(authorities) if one.subject == wanted)
    return found.public_bytes(Encoding.PEM)
