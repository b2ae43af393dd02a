"""The deployment on one machine: the real templates, the real programs, stand-ins for AWS.

    infra/local/run                  every scenario
    infra/local/run answer bounce    some of them
    infra/local/run --list           what there is
    infra/local/run --keep           leaves everything running, for a look around
"""
