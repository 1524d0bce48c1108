"""The reasons of plans are told in the reader's language, whole or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.utils.translation import override

from dcim.actions.plans.making import document_of, make_plan, store_plan
from dcim.actions.sample.paser import load_paser
from dcim.planning.capacity.ledger import shortage
from dcim.planning.document import AppLine
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.sentences import Sentence, say, told
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.amounts import Amounts
from dcim.web.planner.reasons import why_of
from dcim.web.values.addresses import page_of
from tests.factories import TESTER
from tests.plan_documents import document

LACKS = shortage("cluster:K", Amounts(4, 8192, 150), Amounts(2, 9000, -10)) or say("")
ENGLISH = "cluster:K lacks VCPU (asked 4, free 2) and STORAGE_GIB (asked 150, free -10)"


def line(*why: Sentence) -> AppLine:
    return AppLine(code="A", reason=told(why), why=why)


def test_a_reason_is_told_in_indonesian_and_kept_in_english() -> None:
    with override("id"):
        assert why_of(line(LACKS)) == (
            "cluster:K kekurangan vCPU (diminta 4, bebas 2) dan "
            "penyimpanan (diminta 150 GiB, bebas -10 GiB)"
        )
    assert line(LACKS).reason == ENGLISH


@pytest.mark.parametrize(
    "untold",
    [
        AppLine(code="A", reason=ENGLISH),
        line(LACKS, say("Worded by another version.")),
        line(say("%(pool)s %(refused)s", pool="K", refused=say("is new"))),
        replace(line(LACKS), reason="Another reason."),
        line(replace(LACKS, text="%(pool)s lacks %(what)99999999s")),
    ],
)
def test_what_cannot_be_told_whole_stays_in_english(untold: AppLine) -> None:
    with override("id"):
        assert why_of(untold) == ""


def test_whoever_reads_english_reads_the_reason_itself() -> None:
    with override("en"):
        assert why_of(line(LACKS)) == ""


@pytest.mark.django_db
def test_a_plan_stored_without_sentences_shows_its_english_reason(admin_client: Client) -> None:
    lines = tuple(replace(one, reason=ENGLISH) for one in document().apps)
    plan = store_plan(replace(document(), apps=lines), by=TESTER)
    assert f'<td lang="en">{ENGLISH}</td>' in admin_client.get(page_of(plan)).content.decode()


@pytest.mark.once
@pytest.mark.django_db
def test_the_pages_of_the_sample_give_every_reason_in_indonesian(admin_client: Client) -> None:
    load_paser(by=TESTER)
    for stance in Stance:
        plan, _made = make_plan(stance, by=TESTER)
        page = admin_client.get(page_of(plan)).content.decode()
        assert '<td lang="en">' not in page
        assert "Domainnya kedaluwarsa" in page or "Setelah penghalang" in page
        with override("id"):
            assert [one.code for one in document_of(plan).apps if not why_of(one)] == []
    active = ServiceApp.objects.filter(status="active", workloads__isnull=False).first()
    assert active is not None
    assert "yang berjalan tidak dipindahkan" in admin_client.get(page_of(active)).content.decode()
