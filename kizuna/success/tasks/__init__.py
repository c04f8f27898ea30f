"""Tasks on customers: who does what until when, handed to other departments and back.

Words: task (タスク), owner (担当), due day (期限), department (部署), handover (依頼), answer (回答).
Doors: `models`, `queries`, `policies`, `actions`, `activities`. See docs/adr/0008-tasks.md.
"""
