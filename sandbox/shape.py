"""The JSON objects of both documents, in their own spellings and order of keys."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sandbox.rows import DAY, EPOCH

Object = dict[str, Any]


@lru_cache(maxsize=4096)
def day(number: int | None) -> str | None:
    """`7/02/18`: the month is not padded, the day is (seed B:101)."""
    if number is None:
        return None
    found = date.fromordinal(number)
    return f"{found.month}/{found.day:02d}/{found.year % 100:02d}"


def moment(stored: int | None, offset: int, shift: int) -> str | None:
    """`2025-04-11T12:06:00.882601+01:00`: microseconds only where there are some (seed A:65-66)."""
    if stored is None:
        return None
    hours, minutes = divmod(abs(offset), 60)
    sign = "-" if offset < 0 else "+"
    return f"{(EPOCH + timedelta(microseconds=stored + shift * DAY)).isoformat()}{sign}{hours:02d}:{minutes:02d}"


@lru_cache(maxsize=128)
def work_days(mask: int) -> Mapping[str, bool]:
    """Sunday is "0" (seed B:54); the keys are printed bare there, but JSON has text keys only."""
    return {str(day): bool(mask >> day & 1) for day in range(7)}


def check_in(row: sqlite3.Row, uid: str, shift: int) -> Object:
    """Seed A:63-70."""
    return {
        "api_id": uid,
        "deadline_date": moment(row["deadline"], row["offset"], shift),
        "submission_date": moment(row["submitted"], row["offset"], shift),
        "overdue": bool(row["overdue"]),
        "on_vacation": bool(row["on_vacation"]),
        "is_adhoc": bool(row["is_adhoc"]),
    }


def response(uid: str, at: str | None, user: sqlite3.Row) -> Object:
    """Seed A:135-143."""
    return {
        "api_id": uid,
        "response_date": at,
        "person_name": user["name"],
        "person_api_id": user["uid"],
        "person_email": user["email"],
        "person_department": user["department"],
        "person_properties": json.loads(user["properties"]),
    }


def person(row: sqlite3.Row, assignments: list[Object], timeoff: list[Object]) -> Object:
    """Seed B:60-138, for the company, group and current endpoints."""
    return {
        "person_id": row["uid"],
        "person_name": row["name"],
        "employee_number": row["employee_number"],
        "job_title_name": row["title_name"],
        "job_title_id": row["title_uid"],
        "job_title_color": row["title_color"],
        "assignments": assignments,
        "timeoff": timeoff,
    }


def time_off(row: sqlite3.Row) -> Object:
    """Seed B:128-136."""
    return {
        "reason": row["reason"],
        "is_paid": bool(row["is_paid"]),
        "repeat": row["repeat"],
        "start_time": row["start_time"],
        "end_time": row["end_time"],
        "start_day": day(row["start"]),
        "end_day": day(row["end"]),
    }


def status(row: sqlite3.Row) -> Object | None:
    """Seed B:69-74."""
    if row["status_uid"] is None:
        return None
    return {
        "abbreviation": row["status_abbreviation"],
        "color": row["status_color"],
        "id": row["status_uid"],
        "name": row["status_name"],
    }


def of_company(row: sqlite3.Row, uid: str) -> Object:
    """Seed B:68-124: a status is `assignment_status`, the lack of one is `assignment_state: null`."""
    state = status(row)
    return {
        "assignment_state" if state is None else "assignment_status": state,
        "start_day": day(row["start"]),
        "end_day": day(row["end"]),
        "project_name": row["project_name"],
        "project_number": row["project_number"],
        "project_id": row["project_uid"],
        "category_name": row["category_name"],
        "category_id": row["category_uid"],
        "subcategory_name": row["subcategory_name"],
        "subcategory_id": row["subcategory_uid"],
        "start_time": row["start_time"],
        "end_time": row["end_time"],
        "work_days": work_days(row["days"]),
        "id": uid,
        "created_at": day(row["created"]),
        "updated_at": day(row["updated"]),
    }


def of_project(row: sqlite3.Row, uid: str) -> Object:
    """Seed B:220-247: the person is in the row, and a project's number is `project_number`."""
    return {
        "id": uid,
        "created_at": day(row["created"]),
        "end_day": day(row["end"]),
        "end_time": row["end_time"],
        "person_id": row["worker_uid"],
        "person_name": row["worker_name"],
        "project_id": row["project_uid"],
        "start_day": day(row["start"]),
        "start_time": row["start_time"],
        "updated_at": day(row["updated"]),
        "state": status(row),
        "work_days": work_days(row["days"]),
        "project_name": row["project_name"],
        "project_number": row["project_number"],
        "category_name": row["category_name"],
        "subcategory_name": row["subcategory_name"],
        "category_id": row["category_uid"],
        "subcategory_id": row["subcategory_uid"],
    }


def of_person(row: sqlite3.Row, uid: str) -> Object:
    """Seed B:277-310: a project's number is `job_number` here, and its colour is shown."""
    return {
        "id": uid,
        "created_at": day(row["created"]),
        "category_name": row["category_name"],
        "end_day": day(row["end"]),
        "end_time": row["end_time"],
        "job_number": row["project_number"],
        "person_id": row["worker_uid"],
        "project_color": row["project_color"],
        "project_id": row["project_uid"],
        "project_name": row["project_name"],
        "start_day": day(row["start"]),
        "start_time": row["start_time"],
        "updated_at": day(row["updated"]),
        "state": status(row),
        "subcategory_name": row["subcategory_name"],
        "work_days": work_days(row["days"]),
        "category_id": row["category_uid"],
        "subcategory_id": row["subcategory_uid"],
        "person_name": row["worker_name"],
    }
