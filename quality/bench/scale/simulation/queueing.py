"""What queueing theory says of a station with exponential arrivals and services (M/M/c): the simulation must agree."""

import random

import simpy

from quality.bench.scale.simulation.resources import Station, Waiting


def erlang_c(servers: int, load: float) -> float:
    """Return the share of customers that wait, with an offered load (arrival rate times service time) below `servers`.

    Source: Gross and Harris, Fundamentals of Queueing Theory, section on M/M/c, by the recursion of Erlang's B formula.
    """
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = load * blocked / (server + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked))


def mean_wait(servers: int, arrivals_per_second: float, service_seconds: float) -> float:
    """Return the mean seconds that a customer waits for a server."""
    load = arrivals_per_second * service_seconds
    return erlang_c(servers, load) * service_seconds / (servers - load)


def simulate_station(
    servers: int, arrivals_per_second: float, service_seconds: float, customers: int, seed: int
) -> Station:
    """Return a station after `customers` were served, who came and were served at random."""
    env, dice = simpy.Environment(), random.Random(seed)  # noqa: S311 - a simulation
    station = Station(env, "station", servers)

    def source() -> Waiting:
        for _ in range(customers):
            yield env.timeout(dice.expovariate(arrivals_per_second))
            env.process(station.serve(dice.expovariate(1 / service_seconds)))

    env.process(source())
    env.run()
    return station
