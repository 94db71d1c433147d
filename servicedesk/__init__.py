"""Pillar 2, the service desk: the catalogue of services, requests and their states, the SLA clock, ranking and figures.

Pure rules over frozen records: no Slack, no SQL, and `now` is always a parameter.
"""
