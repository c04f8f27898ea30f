from django.urls import path

from kizuna.success.effort.views import rows, team, timing, week

app_name = "effort"
urlpatterns = [
    path("desk/effort/", week.week, name="week"),
    path("desk/effort/offers/", week.take_offer, name="offers"),
    path("desk/effort/timer/", timing.start, name="timer"),
    path("desk/effort/timer/stopping/", timing.stop, name="timer-stopping"),
    path("desk/effort/timer/settling/", timing.settle, name="timer-settling"),
    path("desk/effort/new/", rows.new, name="new"),
    path("desk/effort/rows/", rows.listed, name="rows"),
    path("desk/effort/rows/file/", rows.file, name="file"),
    path("desk/effort/team/", team.team, name="team"),
    path("desk/effort/team/closing/", team.close, name="closing"),
    path("desk/effort/team/reopening/", team.reopen, name="reopening"),
    path("desk/effort/functions/", team.functions, name="functions"),
    path("desk/effort/functions/hours/", team.timer_hours, name="timer-hours"),
    path("desk/effort/functions/<id:function_id>/retirement/", team.retire, name="function-retirement"),
    path("desk/effort/<id:effort_id>/", rows.edit, name="effort"),
    path("desk/effort/<id:effort_id>/removal/", rows.remove, name="removal"),
]
