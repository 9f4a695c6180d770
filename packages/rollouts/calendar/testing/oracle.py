"""Answers about time by dateutil and zoneinfo, which share nothing with what they are compared to: JSON on stdin, JSON on stdout."""

import datetime
import json
import sys
import zoneinfo

from dateutil.rrule import rrulestr

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1)
DAY = datetime.timedelta(days=1)


def seconds(moment):
    return int(moment.timestamp())


def changes(zone, first, last):
    """The moments at which the offset is another than before, with both offsets: [unix seconds, before, after]."""
    info = zoneinfo.ZoneInfo(zone)
    step = datetime.timedelta(hours=6)

    def offset(moment):
        return moment.astimezone(info).utcoffset()

    found = []
    moment = datetime.datetime(first, 1, 1, tzinfo=UTC)
    end = datetime.datetime(last, 1, 1, tzinfo=UTC)
    before = offset(moment)
    while moment < end:
        after = offset(moment + step)
        if after != before:
            low, high = seconds(moment), seconds(moment + step)
            while high - low > 1:
                middle = (low + high) // 2
                if offset(datetime.datetime.fromtimestamp(middle, UTC)) == before:
                    low = middle
                else:
                    high = middle
            found.append([high, int(before.total_seconds()), int(after.total_seconds())])
            before = after
        moment += step
    return found


def start(day, minutes, info):
    """The moment of a local time, or the first after a gap, or nothing for a day that is not there: by looking, not by tables."""
    local = day + datetime.timedelta(minutes=minutes)
    first = local.replace(tzinfo=info, fold=0).astimezone(UTC)
    if first.astimezone(info).replace(tzinfo=None) == local:
        return seconds(first)
    # PEP 495: in a gap, fold=0 counts with the offset before it, which shows a later time, and fold=1 with the one after it.
    low = seconds(local.replace(tzinfo=info, fold=1).astimezone(UTC))
    high = seconds(first)
    if high - low >= 86400:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.datetime.fromtimestamp(middle, info).replace(tzinfo=None) < local:
            low = middle
        else:
            high = middle
    return high


def starts(case, first, last):
    """Unix seconds of all starts of a rule whose local dates are from the first day of a year to the last before another."""
    info = zoneinfo.ZoneInfo(case["zone"])
    shift = case["shiftDays"] * DAY
    begin = datetime.datetime(first, 1, 1)
    end = datetime.datetime(last, 1, 1)
    text = f"{case['rrule']};UNTIL={(end - shift).strftime('%Y%m%d')}"
    dates = rrulestr(text, dtstart=datetime.datetime.fromisoformat(case["from"])).between(begin - shift, end - shift, inc=True)
    except_dates = set(case["except"])
    days = [date + shift for date in dates]
    found = [
        start(day, case["minutes"], info) for day in days if begin <= day < end and day.date().isoformat() not in except_dates
    ]
    return [moment for moment in found if moment is not None]


question = json.load(sys.stdin)
first, last = question["years"]
answers = {
    "changes": {zone: changes(zone, first, last) for zone in question["zones"]},
    "starts": [starts(case, first, last) for case in question["cases"]],
}
json.dump(answers, sys.stdout)
