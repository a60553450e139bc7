"""Runs under an interpreter that has a reference parser, and answers what it makes of an exposition.

Each line of standard input is FORMAT BASE64, each line of the answer JSON: {"samples": [[name, labels, value, time,
exemplar]]} for the text formats, {"families": [...]} with the raw messages for proto, or {"error": "..."}. Numbers are
strings as repr() gives them, so that NaN and infinities come through.
"""

import base64
import json
import sys


def number(value):
    return None if value is None else repr(float(value))


def samples(families):
    out = []
    for family in families:
        for sample in family.samples:
            exemplar = sample.exemplar
            shown = exemplar and [exemplar.labels, number(exemplar.value), number(exemplar.timestamp)]
            out.append([sample.name, sample.labels, number(sample.value), number(sample.timestamp), shown])
    return {"samples": out}


def read_text(data):
    from prometheus_client.parser import text_string_to_metric_families
    return samples(text_string_to_metric_families(data.decode("utf-8")))


def read_om(data):
    from prometheus_client.openmetrics.parser import text_string_to_metric_families
    return samples(text_string_to_metric_families(data.decode("utf-8")))


def message_classes():
    """The MetricFamily class, made from the tables of protobuf.py: only the wire format is the reference's."""
    import protobuf
    from google.protobuf import descriptor_pb2, descriptor_pool
    try:
        from google.protobuf.message_factory import GetMessageClass
    except ImportError:  # before 4.22
        from google.protobuf.message_factory import MessageFactory
        GetMessageClass = MessageFactory().GetPrototype
    file = descriptor_pb2.FileDescriptorProto(name="metrics.proto", package="t", syntax="proto2")
    field_type = descriptor_pb2.FieldDescriptorProto
    for message, fields in protobuf.FIELDS.items():
        described = file.message_type.add(name=message)
        for at, (name, kind, is_repeated) in fields.items():
            field = described.field.add(name=name, number=at)
            field.label = field_type.LABEL_REPEATED if is_repeated else field_type.LABEL_OPTIONAL
            if kind in protobuf.FIELDS:
                field.type, field.type_name = field_type.TYPE_MESSAGE, f".t.{kind}"
            else:
                field.type = getattr(field_type, f"TYPE_{'INT32' if kind == 'enum' else kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("t.MetricFamily"))


def raw(message):
    out = {}
    for field, value in message.ListFields():
        if field.message_type is None:
            items = value if field.label == field.LABEL_REPEATED else [value]
            shown = [repr(item) if isinstance(item, float) else item for item in items]
        else:
            shown = [raw(item) for item in (value if field.label == field.LABEL_REPEATED else [value])]
        out[field.name] = shown if field.label == field.LABEL_REPEATED else shown[0]
    return out


def read_proto(data, classes=[]):
    if not classes:
        classes.append(message_classes())
    families, at = [], 0
    while at < len(data):
        length, shift = 0, 0
        while True:
            length |= (data[at] & 0x7f) << shift
            shift += 7
            at += 1
            if data[at - 1] < 0x80:
                break
        message = classes[0]()
        if message.MergeFromString(data[at: at + length]) != length:
            raise ValueError("a message is cut off")
        at += length
        families.append(raw(message))
    return {"families": families}


def main():
    readers = {"text": read_text, "om": read_om, "proto": read_proto}
    for line in sys.stdin:
        form, data = line.split(" ")
        try:
            answer = readers[form](base64.b64decode(data))
        except Exception as problem:  # whatever a parser raises
            answer = {"error": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
