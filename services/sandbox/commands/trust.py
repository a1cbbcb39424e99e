"""``socles trust``: take the sandbox's certificate, and tell how Java, .NET or the system comes to trust it."""

import smtplib
import ssl
from pathlib import Path
from typing import Annotated

import typer

from sandbox.commands import show
from sandbox.commands.api import Exit, Trouble, fail
from sandbox.commands.options import AsJson

ALIAS = "socles"
_TIMEOUT = 10.0
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
    smtp: Annotated[str, typer.Option(help="Serveur SMTP : hôte:port.")] = "127.0.0.1:2587",
    output: Annotated[Path, typer.Option("--output", "-o", help="Où écrire le certificat.")] = Path("socles.pem"),
    as_json: AsJson = False,
) -> None:
    """Prendre le certificat du bac à sable et dire comment s'y fier / fetch its certificate, and tell how to trust it.

    Rien n'est installé : les commandes sont données, à vous de les lancer. Ce certificat est celui du SMTP ; pour les
    ports TLS, prendre les autorités : socles pki ca.
    """
    host, _, port = smtp.rpartition(":")
    if not host or not port.isdigit():
        raise typer.BadParameter(f"hôte:port attendu, reçu {smtp!r}", param_hint="--smtp")
    try:
        output.write_text(certificate(host.strip("[]"), int(port)), encoding="ascii")
    except (OSError, smtplib.SMTPException) as error:
        fail(Trouble(Exit.UNREACHABLE, f"pas de certificat de {smtp} / no certificate: {error}"))
    wanted = {_JAVA: java, _DOTNET: dotnet, _SYSTEM: system}
    chosen = [text for text, asked in wanted.items() if asked] or list(wanted)
    known = {"pem": output.resolve(), "stem": output.resolve().with_suffix(""), "alias": ALIAS}
    advice = "\n\n".join(text.format_map(known) for text in chosen)
    if as_json:
        show.as_json({"certificate": str(output), "commands": advice})
    else:
        print(f"# certificat : {output}\n{advice}")


def certificate(host: str, port: int) -> str:
    """The server's own certificate, as PEM; whether it is trusted is not asked: it is about to be.

    Raises ``OSError`` or ``smtplib.SMTPException``.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with smtplib.SMTP(host, port, timeout=_TIMEOUT) as client:
        client.starttls(context=context)
        socket = client.sock
        shown = socket.getpeercert(binary_form=True) if isinstance(socket, ssl.SSLSocket) else None
    if shown is None:
        raise OSError("the server showed none")
    return ssl.DER_cert_to_PEM_cert(shown)
