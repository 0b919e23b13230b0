"""`hub init`: the first office and the first administrator of a company."""

import secrets
from typing import Annotated

import typer

from hub import credentials, founding
from hub.database import Tx
from hub.organisation import Company, Office
from hub.settings import Settings
from web.cli import opening

# The first person can run a small office alone (seed 2-7); roles are handed on as people join.
FIRST_ROLES = ("admin", "director", "customer_director", "clerk")


def init(
    company: Annotated[str, typer.Option(prompt="Company name", help="Name of the property company")],
    office: Annotated[str, typer.Option(prompt="Office code", help="Short code of the first office")],
    name: Annotated[str, typer.Option(prompt="Office name", help="Name of the first office")],
    login: Annotated[str, typer.Option(prompt="Your log-in", help="Log-in of the first administrator")],
    person: Annotated[str, typer.Option(prompt="Your name", help="Name of the first administrator")],
    password: Annotated[str, typer.Option(help="Their password; one is made and printed when left out")] = "",
    zone: Annotated[str, typer.Option(help="Time zone of the office; HUB_TIMEZONE when left out")] = "",
    locale: Annotated[str, typer.Option(help="en, zh-Hans or zh-Hant; HUB_LOCALE when left out")] = "",
    region: Annotated[str, typer.Option(help="Country of local phone numbers (ISO 3166)")] = "CN",
    holidays: Annotated[str, typer.Option(help="Public holidays kept, e.g. CN, HK, US-MA")] = "",
) -> None:
    """Found the company with its first office and administrator. Refuses to run twice."""
    shown = password or secrets.token_urlsafe(9)
    if len(shown) < credentials.SHORTEST_PASSWORD:
        opening.fail(f"The password needs {credentials.SHORTEST_PASSWORD} characters or more.")
    with opening.fresh() as (config, database):
        hashed = credentials.hash_password(shown)
        database.write(
            lambda tx: _found(
                tx, config, company, (office, name, zone, region, holidays, locale), login, person, hashed
            )
        )
    typer.echo(f"{name} is open. Sign in as {login}" + ("." if password else f" with the password {shown}"))
    typer.echo("Start the hub with: hub serve")


def _found(
    tx: Tx, config: Settings, company: str, said: tuple[str, ...], login: str, person: str, hashed: str
) -> None:
    code, name, zone, region, holidays, locale = said
    made = founding.found_company(tx, company, locale or config.locale, zone or config.timezone)
    office = founding.open_office(tx, made, code, name, region=region, holidays_of=holidays)
    _first_person(tx, made, office, login, person, hashed)


def _first_person(tx: Tx, company: Company, office: Office, login: str, name: str, hashed: str) -> None:
    staff = founding.add_staff(tx, company, login, name, password_hash=hashed, office=office)
    for role in FIRST_ROLES:
        founding.give_role(tx, staff, role, company, office, by_id=staff.id)
