"""A stand-in for Google's edgetpu_compiler, which is not available everywhere; it prints what version 16 prints.

Its output follows reports in the issues of github.com/google-coral/edgetpu (numbers 393, 490, 313, 631) and the manual
(https://coral.ai/docs/edgetpu/compiler/). FAKE_COMPILER says how it ends: mapped, partly, unquantized, version,
activations, silent (mapped, but without a table), cpu (mapped by its report, not by its file).
"""

import os
import sys
from collections import Counter
from pathlib import Path

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

VERSION = "Edge TPU Compiler version 16.0.384591198"
FAILURES = {
    "unquantized": "Invalid model: {path}\nModel not quantized",
    "version": (
        "ERROR: Didn't find op for builtin opcode 'CONV_2D' version '6'. An older version of this builtin might be "
        "supported. Are you using an old TFLite binary with a newer model?\n\nERROR: Registration failed.\n\n"
        "Invalid model: {path}\nModel could not be parsed"
    ),
    "activations": (
        "Started a compilation timeout timer of 180 seconds.\nERROR: Restored original execution plan after delegate "
        "application failure.\nCompilation failed: Compilation failed due to large activation tensors in model.\n"
        "Compilation child process completed within timeout period.\nCompilation failed!"
    ),
}
PARTLY = """
Model successfully compiled but not all operations are supported by the Edge TPU. A percentage of the model \
will instead run on the CPU, which is slower. If possible, consider updating your model to use only operations \
supported by the Edge TPU. For details, visit g.co/coral/model-reqs.
Number of operations that will run on Edge TPU: {on}
Number of operations that will run on CPU: {off}
"""
SUMMARY = """Started a compilation timeout timer of 180 seconds.

Model compiled successfully in 1354 ms.

Input model: {source}
Input size: 1.60MiB
Output model: {target}
Output size: 1.87MiB
On-chip memory used for caching model parameters: 1.71MiB
On-chip memory remaining for caching model parameters: 5.95MiB
Off-chip memory used for streaming uncached model parameters: 0.00B
Number of Edge TPU subgraphs: 1
Total number of operations: {total}
Operation log: {log}"""
END = "\nCompilation child process completed within timeout period.\nCompilation succeeded!"
PRECISION = "Operation is otherwise supported, but not mapped due to some unspecified limitation"


def main(words: list[str], ending: str) -> int:
    assert words[:2] == ["--show_operations", "--out_dir"], words
    into, source = Path(words[2]), Path(words[3])
    print(VERSION)
    if ending in FAILURES:
        print(FAILURES[ending].format(path=source))
        return 1
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(source.read_bytes(), 0))
    counts = operators(model)
    target, log = into / f"{source.stem}_edgetpu.tflite", into / f"{source.stem}_edgetpu.log"
    print(SUMMARY.format(source=source, target=target, total=sum(counts.values()), log=log))
    rows = [(name, count, "Mapped to Edge TPU") for name, count in counts.items()]
    if ending == "partly":
        rows = [("RESIZE_BILINEAR", 1, "Mapped to Edge TPU"), ("RESIZE_BILINEAR", 1, PRECISION)]
        rows += [(name, count, "Mapped to Edge TPU") for name, count in counts.items() if name != "RESIZE_BILINEAR"]
        print(PARTLY.format(on=sum(counts.values()) - 1, off=1))
    if ending != "silent":
        print("\nOperator                       Count      Status\n")
        print("\n".join(f"{name:<30} {count:<10} {status}" for name, count, status in rows))
    print(END)
    if ending != "cpu":
        compile_whole(model)
    target.write_bytes(packed(model))
    return 0


def operators(model: schema.ModelT) -> Counter[str]:
    names = {number: name for name, number in vars(schema.BuiltinOperator).items()}
    codes = [names[max(code.builtinCode, code.deprecatedBuiltinCode)] for code in model.operatorCodes]
    return Counter(codes[one.opcodeIndex] for one in model.subgraphs[0].operators)


def compile_whole(model: schema.ModelT) -> None:
    """Return one custom operator from the picture to the maps, as the compiler leaves it."""
    code, operator, (graph,) = schema.OperatorCodeT(), schema.OperatorT(), model.subgraphs
    code.customCode = "edgetpu-custom-op"
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.CUSTOM
    operator.opcodeIndex, operator.inputs, operator.outputs = 0, graph.inputs, graph.outputs
    model.operatorCodes, graph.operators = [code], [operator]


def packed(model: schema.ModelT) -> bytes:
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ["FAKE_COMPILER"]))
