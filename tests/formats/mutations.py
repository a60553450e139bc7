"""Expositions that break one rule each, made from valid ones; with the name of the rule that a parser has to give."""

import re

import examples
import fake_adapter

# (rule, what is replaced, by what); every first text stands in the example exactly once, an empty one is its end.
TEXT = [
    ("last-line-feed", b"_count 160\n", b"_count 160"),
    ("blank-line", b"# HELP tank", b"\n# HELP tank"),
    ("number", b"_ratio 0.25\n", b"_ratio 0.25\r\n"),
    ("number", b"_ratio 0.25\n", b"_ratio 0,25\n"),
    ("number", b"_ratio 0.25\n", b"_ratio inf\n"),
    ("number", b"_ratio 0.25\n", b"_ratio nan\n"),
    ("number", b"_ratio 0.25\n", b"_ratio -nan\n"),
    ("number", b"_ratio 0.25\n", b"_ratio Inf\n"),
    ("number", b"_ratio 0.25\n", b"_ratio 0x1p-2\n"),
    ("number", b"_ratio 0.25\n", b"_ratio 1_000\n"),
    ("number", b"_ratio 0.25\n", b"_ratio 1e\n"),
    ("number", b"_ratio 0.25\n", "_ratio ٣\n".encode()),
    ("token", b"_ratio 0.25\n", b"_ratio  0.25\n"),
    ("token", b"_ratio 0.25\n", b"_ratio 0.25 \n"),
    ("token", b"_ratio 0.25\n", b"_ratio\n"),
    ("token", b"_ratio 0.25\n", b"_ratio\t0.25\n"),
    ("token", b"_ratio 0.25\n", b"_ratio 0.25 1 2\n"),
    ("timestamp", b"_ratio 0.25\n", b"_ratio 0.25 1.5\n"),
    ("timestamp", b"_ratio 0.25\n", b"_ratio 0.25 # {} 1\n"),
    ("empty-braces", b"_ratio 0.25\n", b"_ratio{} 0.25\n"),
    ("label-name", b'path="C', b'1path="C'),
    ("label-name", b'nx"}', b'nx",}'),
    ("label-name", b'{queue="mail",path', b'{ queue="mail",path'),
    ("label-name", b'{queue="mail",path', b'{queue="mail", path'),
    ("labels", b'{queue="mail",path', b'{queue ="mail",path'),
    ("labels", b'{queue="mail",path', b'{queue="mail" ,path'),
    ("quotes", b'{queue="mail",path', b'{queue=mail,path'),
    ("quotes", b'nx"}', b'nx}'),
    ("label-escape", b"C:\\\\tmp", b"C:\\tmp"),
    ("label-escape", b"C:\\\\tmp", b"C:\\x41"),
    ("label-twice", b'{queue="mail",path', b'{queue="mail",queue="a",path'),
    ("reserved-label", b'{queue="mail",path', b'{__queue="mail",path'),
    ("quoted-name", b'{queue="mail",path', b'{"a.b"="mail",path'),
    ("quoted-name", b"tank_level_ratio 0.25", b'{"tank.level"} 0.25'),
    ("metric-name", b"tank_level_ratio 0.25", b"1tank 0.25"),
    ("metric-name", b"tank_level_ratio 0.25", b" tank_level_ratio 0.25"),
    ("token", b"tank_level_ratio 0.25", b"tank-level 0.25"),
    ("utf-8", b"Fill level", b"Fill \xfflevel"),
    ("utf-8", b"Fill level", b"Fill \xed\xa0\x80level"),
    ("help-escape", b"Fill level", b"Fill \\level"),
    ("help-escape", b'"queue"', b'\\"queue\\"'),
    ("help-escape", b"Fill level.", b"Fill level.\\"),
    ("token", b"Fill level.", b"Fill\nlevel."),
    ("comment", b"# HELP tank", b"# comment\n# HELP tank"),
    ("comment", b"# HELP tank", b"#HELP tank"),
    ("comment", b"# HELP tank", b"#\tHELP tank"),
    ("comment", b"# HELP tank", b"# UNIT tank_level_ratio ratio\n# HELP tank"),
    ("comment", b"", b"# EOF\n"),
    ("comment", b"# TYPE tank", b"#  TYPE tank"),
    ("type", b"ratio gauge", b"ratio gauge "),
    ("type", b"ratio gauge", b"ratio unknown"),
    ("type", b"ratio gauge", b"ratio info"),
    ("type", b"ratio gauge", b"ratio Gauge"),
    ("metric-name", b"# TYPE tank_level_ratio", b"# TYPE  tank_level_ratio"),
    ("metadata-twice", b"# TYPE tank_level_ratio gauge\n", b"# TYPE tank_level_ratio gauge\n" * 2),
    ("metadata-twice", b"# HELP tank_level_ratio Fill level.\n", b"# HELP tank_level_ratio A.\n" * 2),
    ("metadata-order", b"tank_level_ratio 0.25\n", b"tank_level_ratio 0.25\n# TYPE tank_level_ratio gauge\n"),
    ("duplicate", b"tank_level_ratio 0.25\n", b"tank_level_ratio 0.25\ntank_level_ratio 0.5\n"),
    ("duplicate", b"tank_level_ratio 0.25\n", b'tank_level_ratio 0.25\ntank_level_ratio{a=""} 0.5\n'),
    ("contiguous", b"", b'tank_level_ratio{a="b"} 0.25\n'),
    ("contiguous", b"", b"# HELP tank_level_ratio Fill level.\n"),
    ("counter-value", b" 1027", b" -1"),
    ("counter-value", b" 1027", b" NaN"),
    ("suffix", b'_seconds_bucket{queue="mail",le="0.1"} 3', b'_seconds{queue="mail",le="0.1"} 3'),
    ("contiguous", b'job_seconds_bucket{queue="mail",le="1"} 5\n', b"job_seconds_other 5\n"),
    ("missing-label", b'{queue="mail",le="0.1"}', b'{queue="mail"}'),
    ("reserved-label", b'_sum{queue="mail"}', b'_sum{queue="mail",le="1"}'),
    ("reserved-label", b"reply_bytes_sum 5", b'reply_bytes_sum{quantile="1"} 5'),
    ("number", b'le="0.1"', b'le="a"'),
    ("le", b'le="0.1"', b'le="NaN"'),
    ("le-order", b'le="0.1"', b'le="1.0"'),
    ("le-order", b'le="0.1"', b'le="2"'),
    ("cumulative", b'le="0.1"} 3', b'le="0.1"} 6'),
    ("count", b'le="0.1"} 3', b'le="0.1"} 3.0'),
    ("count", b'le="0.1"} 3', b'le="0.1"} -3'),
    ("count", b'le="0.1"} 3', b'le="0.1"} NaN'),
    ("inf-bucket", b'job_seconds_bucket{queue="mail",le="+Inf"} 6\n', b""),
    ("inf-bucket", b'le="+Inf"', b'le="10"'),
    ("number", b'le="+Inf"', b'le="Inf"'),
    ("count-is-inf-bucket", b'_count{queue="mail"} 6', b'_count{queue="mail"} 7'),
    ("count-is-inf-bucket", b'le="+Inf"} 6', b'le="+Inf"} 5'),
    ("sum-and-count", b'job_seconds_count{queue="mail"} 6\n', b""),
    ("sum-and-count", b'job_seconds_sum{queue="mail"} 7.25\n', b""),
    ("sample-order", b'job_seconds_sum{queue="mail"} 7.25\njob_seconds_count{queue="mail"} 6\n',
     b'job_seconds_count{queue="mail"} 6\njob_seconds_sum{queue="mail"} 7.25\n'),
    ("sample-order", b'_count{queue="mail"} 6\n',
     b'_count{queue="mail"} 6\njob_seconds_bucket{queue="mail",le="7"} 6\n'),
    ("contiguous-labels", b'_count{queue="mail"} 6\n',
     b'_count{queue="mail"} 6\njob_seconds_bucket{le="+Inf"} 0\njob_seconds_sum 0\njob_seconds_count 0\n'
     b'job_seconds_bucket{queue="mail",le="8"} 6\n'),
    ("quantile", b'quantile="0.5"', b'quantile="1.5"'),
    ("quantile-order", b'quantile="0.99"} NaN', b'quantile="0.1"} NaN'),
    ("duplicate", b'quantile="0.99"} NaN', b'quantile="0.5"} NaN'),
    ("count", b"reply_bytes_count 160", b"reply_bytes_count 160.5"),
    ("sum-and-count", b"reply_bytes_count 160\n", b""),
    ("clash", b"", b"# TYPE job_seconds gauge\njob_seconds 1\n".replace(b"job_seconds", b"job_seconds_count")),
]

TEXT_1 = [
    ("needless-quotes", b'"queue.name"="mail"', b'"queue"="mail"'),
    ("needless-quotes", b'# TYPE "jobs.done/total"', b'# TYPE "jobs"'),
    ("empty-name", b'"queue.name"="mail"', b'""="mail"'),
    ("labels", b'"queue.name"="mail"', b'"queue.name="mail"'),
    ("quotes", b'{"jobs.done/total","queue.name"="mail"}', b'{"jobs.done/total","queue.name=mail}'),
    ("label-escape", b'# TYPE "jobs.done/total"', b'# TYPE "jobs.done\\/total"'),
    ("label-name", b'"queue.name"="mail"', b'queue.name="mail"'.replace(b"queue.name", b".name")),
    ("labels", b'{"jobs.done/total","queue.name"="mail"}', b'{"jobs.done/total" "queue.name"="mail"}'),
    ("labels", b'{"jobs.done/total","queue.name"="mail"}', b'{"queue.name"="mail","jobs.done/total"}'),
    ("contiguous", b'="a \\"b\\""} 1\n', b'="a \\"b\\""} 1\n{"other.name"} 1\n{"jobs.done/total","x"="b"} 1\n'.replace(
        b'"x"', b"x")),
]

OPENMETRICS = [
    ("eof", b"# EOF\n", b""),
    ("last-line-feed", b"# EOF\n", b"# EOF"),
    ("after-eof", b"# EOF\n", b"# EOF\n# EOF\n"),
    ("after-eof", b"# EOF\n", b"# EOF\na 1\n"),
    ("blank-line", b"# EOF\n", b"\n# EOF\n"),
    ("blank-line", b"# EOF\n", b"# EOF\n\n"),
    ("comment", b"# EOF\n", b"# EOF \n"),
    ("comment", b"# EOF\n", b"# a comment\n# EOF\n"),
    ("comment", b"# EOF\n", b"#EOF\n"),
    ("bom", b"# TYPE jobs_processed", b"\xef\xbb\xbf# TYPE jobs_processed"),
    ("utf-8", b"Age of", b"Age \xc0\x80 of"),
    ("type", b"imported unknown", b"imported untyped"),
    ("type", b"imported unknown", b"imported unknown "),
    ("metadata-order", b"# UNIT cpu_seconds seconds\n# HELP cpu_seconds CPU time.\n",
     b"# HELP cpu_seconds CPU time.\n# UNIT cpu_seconds seconds\n"),
    ("metadata-order", b"imported 4.5\n", b"imported 4.5\n# UNIT imported \n"),
    ("metadata-twice", b"# UNIT cpu_seconds seconds\n", b"# UNIT cpu_seconds seconds\n# UNIT cpu_seconds seconds\n"),
    ("unit", b"# UNIT cpu_seconds seconds", b"# UNIT cpu_seconds bytes"),
    ("unit", b"# UNIT cpu_seconds seconds", b"# UNIT cpu_seconds econds"),
    ("unit", b"# HELP build", b"# UNIT build build\n# HELP build"),
    ("unit", b"# HELP mode", b"# UNIT mode mode\n# HELP mode"),
    ("help-escape", b'\\"queue\\"', b'"queue"'),
    ("help-escape", b'\\"queue\\"', b"\\queue"),
    ("help-escape", b'\\"queue\\"', b'\\\\"queue'),
    ("label-escape", b'version="1.2.0"', b'version="\\1.2.0"'),
    ("token", b"imported 4.5", b"imported  4.5"),
    ("token", b"imported 4.5", b"imported 4.5 "),
    ("token", b"imported 4.5", b"imported\t4.5"),
    ("labels", b'version="1.2.0",', b'version="1.2.0", '.replace(b'", ', b'" ,')),
    ("label-name", b'version="1.2.0",', b'version="1.2.0", '),
    ("label-name", b'revision="e5f0"}', b'revision="e5f0",}'),
    ("label-twice", b'revision="e5f0"}', b'version="e5f0"}'),
    ("suffix", b"cpu_seconds_total 12.5", b"cpu_seconds 12.5"),
    ("contiguous", b"cpu_seconds_created", b"other_total 1\ncpu_seconds_created"),
    ("clash", b"# TYPE imported unknown\n# HELP imported",
     b"# TYPE cpu_seconds_total counter\n# HELP cpu_seconds_total"),
    ("clash", b"# TYPE imported unknown\n# HELP imported From a source without types.\nimported",
     b"# TYPE jobs_processed_created gauge\njobs_processed_created"),
    ("clash", b"# TYPE imported unknown\n# HELP imported From a source without types.\nimported",
     b"# TYPE build_info gauge\nbuild_info"),
    ("clash", b"# TYPE imported unknown\n# HELP imported From a source without types.\nimported",
     b"# TYPE job_seconds_bucket gauge\njob_seconds_bucket"),
    ("clash", b"# TYPE imported unknown\n# HELP imported From a source without types.\nimported",
     b"# TYPE cpu_seconds_total gauge\ncpu_seconds_total"),
    ("contiguous", b"# TYPE imported unknown\n", b"# TYPE cpu_seconds gauge\n"),
    ("counter-value", b"cpu_seconds_total 12.5", b"cpu_seconds_total NaN"),
    ("counter-value", b"cpu_seconds_total 12.5", b"cpu_seconds_total -1"),
    ("number", b"imported 4.5", b"imported 0x4"),
    ("number", b"imported 4.5", b"imported Nan"),
    ("number", b"imported 4.5", b"imported +inf"),
    ("number", b"imported 4.5", b"imported 1_0"),
    ("timestamp", b"imported 4.5", b"imported 4.5 1e9"),
    ("timestamp", b"imported 4.5", b"imported 4.5 NaN"),
    ("timestamp", b'job_seconds_bucket{le="+Inf"} 6', b'job_seconds_bucket{le="+Inf"} 6 1.5'),
    ("timestamp", b'a1"} 0.7 1700000001.5', b'a1"} 0.7 1.7000000015e+09'),
    ("duplicate", b"imported 4.5", b"imported 4.5\nimported 4.5"),
    ("created", b"cpu_seconds_created 1699990000.125", b"cpu_seconds_created 1.699990000125e+09"),
    ("created", b"cpu_seconds_created 1699990000.125", b"cpu_seconds_created NaN"),
    ("created", b"cpu_seconds_total 12.5\n", b""),
    ("sample-order", b"cpu_seconds_total 12.5\ncpu_seconds_created 1699990000.125\n",
     b"cpu_seconds_created 1699990000.125\ncpu_seconds_total 12.5\n"),
    ("contiguous-labels", b'jobs_processed_created{queue="mail"}',
     b'jobs_processed_total{queue="b"} 1\njobs_processed_created{queue="mail"}'),
    ("created-labels", b'jobs_processed_total{queue="mail"} 1027 # {trace_id="4bf92f"} 1 1700000000.25\n'
     b'jobs_processed_created{queue="mail"}', b'jobs_processed_total{a="b",queue="mail"} 1\n'
     b'jobs_processed_created{queue="mail",a="b"}'),
    ("sample-order", b"job_seconds_count 6\njob_seconds_sum 7.25\n", b"job_seconds_sum 7.25\njob_seconds_count 6\n"),
    ("sum-and-count", b"job_seconds_count 6\n", b""),
    ("sum-and-count", b"queue_wait_seconds_gsum 9.5\n", b""),
    ("count-is-inf-bucket", b"job_seconds_count 6", b"job_seconds_count 5"),
    ("inf-bucket", b'job_seconds_bucket{le="+Inf"} 6\n', b""),
    ("canonical", b'job_seconds_bucket{le="1.0"}', b'job_seconds_bucket{le="1"}'),
    ("canonical", b'job_seconds_bucket{le="1.0"}', b'job_seconds_bucket{le="1e0"}'),
    ("canonical", b'quantile="0.5"', b'quantile="0.50"'),
    ("le-order", b'job_seconds_bucket{le="0.1"} 3 # {} 0.05', b'job_seconds_bucket{le="1.0"} 3'),
    ("le", b'job_seconds_bucket{le="1.0"}', b'job_seconds_bucket{le="NaN"}'),
    ("cumulative", b'job_seconds_bucket{le="0.1"} 3', b'job_seconds_bucket{le="0.1"} 7'),
    ("count", b'queue_wait_seconds_bucket{le="1.0"} 4', b'queue_wait_seconds_bucket{le="1.0"} 4.0'),
    ("negative-bucket", b'job_seconds_bucket{le="0.1"} 3 # {} 0.05', b'job_seconds_bucket{le="-0.1"} 3'),
    ("sum-value", b"job_seconds_sum 7.25", b"job_seconds_sum -7.25"),
    ("sum-value", b"job_seconds_sum 7.25", b"job_seconds_sum NaN"),
    ("sum-value", b"queue_wait_seconds_gsum 9.5", b"queue_wait_seconds_gsum -9.5"),
    ("sum-value", b"reply_bytes_sum 51200", b"reply_bytes_sum NaN"),
    ("sum-value", b"reply_bytes_sum 51200", b"reply_bytes_sum -1"),
    ("quantile", b'quantile="0.5"', b'quantile="-0.5"'),
    ("quantile", b'quantile="0.5"} 310', b'quantile="0.5"} -1'),
    ("contiguous", b"queue_wait_seconds_gsum 9.5\n", b"queue_wait_seconds_gsum 9.5\nqueue_wait_seconds_created 1\n"
     b"queue_wait_seconds_gsum 9.5\n"),
    ("info-value", b'revision="e5f0"} 1', b'revision="e5f0"} 0'),
    ("suffix", b"build_info{", b"build{"),
    ("missing-label", b'mode{mode="idle"} 0', b"mode 0"),
    ("state-value", b'mode{mode="idle"} 0', b'mode{mode="idle"} 2'),
    ("duplicate", b'mode{mode="busy"} 1', b'mode{mode="idle"} 1'),
    ("exemplar-place", b'mode{mode="busy"} 1', b'mode{mode="busy"} 1 # {} 1'),
    ("exemplar-place", b"imported 4.5", b"imported 4.5 # {} 1"),
    ("exemplar-place", b"cpu_seconds_created 1699990000.125", b"cpu_seconds_created 1699990000.125 # {} 1"),
    ("exemplar-place", b"job_seconds_count 6", b"job_seconds_count 6 # {} 1"),
    ("exemplar-length", b'trace_id="4bf92f"', b'trace_id="' + "é".encode() * 121 + b'"'),
    ("exemplar-value", b'job_seconds_bucket{le="0.1"} 3 # {} 0.05', b'job_seconds_bucket{le="0.1"} 3 # {} 0.5'),
    ("exemplar-value", b'job_seconds_bucket{le="0.1"} 3 # {} 0.05', b'job_seconds_bucket{le="0.1"} 3 # {} NaN'),
    ("token", b"# {} 0.05", b"# {}"),
    ("token", b"# {} 0.05", b"# 0.05"),
    ("token", b"# {} 0.05", b"# {} 0.05 1 1"),
    ("timestamp", b"# {} 0.05", b"# {} 0.05 # {} 0.05"),
]

JSON = [
    ("json", b"]\n", b""),
    ("json", b'"NaN"', b"nan"),
    ("number", b'"NaN"', b"NaN"),
    ("number", b'"NaN"', b'"nan"'),
    ("number", b'"NaN"', b"null"),
    ("key-twice", b'"name":"level"', b'"name":"level","name":"level"'),
    ("one-line", b'"help":"Level."', b'"help":\n"Level."'),
    ("missing-field", b'"help":"Level.",', b""),
    ("unknown-field", b'"help":"Level."', b'"help":"Level.","note":"x"'),
    ("type", b'"gauge"', b'"untyped"'),
    ("metric-name", b'"name":"level"', b'"name":"le.vel"'),
    ("label-name", b'"queue":"mail"', b'"que.ue":"mail"'),
    ("reserved-label", b'"queue":"mail"', b'"__queue":"mail"'),
    ("count", b'"sum":0.25,"count":2', b'"sum":0.25,"count":2.0'),
    ("le-order", b'{"le":"1.0","count":1},', b'{"le":"1.0","count":1},{"le":"0.5","count":1},'),
    ("canonical", b'"le":"1.0"', b'"le":"1"'),
    ("cumulative", b'{"le":"1.0","count":1}', b'{"le":"1.0","count":3}'),
    ("inf-bucket", b',{"le":"+Inf","count":2}', b""),
    ("count-is-buckets", b'"zero_count":1', b'"zero_count":2'),
    ("utf-8", b'"queue":"mail"', b'"queue":"\\ud800"'),
    ("state-value", b'"busy":1', b'"busy":2'),
    ("info-value", b'{"version":"1.2.0"},"value":1', b'{"version":"1.2.0"},"value":0'),
    ("duplicate", b'{"labels":{},"value":"NaN"}', b'{"labels":{},"value":1},{"labels":{"a":""},"value":1}'),
    ("contiguous", b'"name":"level"', b'"name":"jobs_total"'),
]

CSV = [
    ("csv", b"level,gauge,,NaN\r\n", b"level,gauge,,NaN\n"),
    ("csv", b"level,gauge,,NaN\r\n", b"level,gauge,,NaN"),
    ("csv", b"level,gauge,,NaN", b"level,gauge,NaN"),
    ("csv", b'"le=""1.0"""', b'le="1.0"'),
    ("header", b"name,type,labels,value\r\n", b""),
    ("number", b"NaN", b"nan"),
    ("metric-name", b"level,", b"le.vel,"),
    ("type", b"level,gauge", b"level,number"),
    ("labels", b'""mail"",', b'""mail""'),
    ("contiguous", b"level,gauge,,NaN\r\n", b"level,gauge,,NaN\r\njobs_total,counter,,3\r\n"),
    ("duplicate", b"level,gauge,,NaN\r\n", b"level,gauge,,NaN\r\nlevel,gauge,,1\r\n"),
    ("count-is-inf-bucket", b"_count,histogram,,2", b"_count,histogram,,3"),
]

# ---- Protobuf ------------------------------------------------------------------------------------------------------


def labelled(name="a", value="b"):
    return {"name": name, "value": value}


def family(kind, *metrics, **fields):
    return {"name": "x", "help": "h", "type": kind, "metric": list(metrics)} | fields


def histogram(**fields):
    return {"histogram": {"sample_count": 3, "sample_sum": 1.5, "bucket": [
        {"cumulative_count": 2, "upper_bound": 1.0}, {"cumulative_count": 3, "upper_bound": float("inf")}]} | fields}


def native(**fields):
    return histogram(**{"schema": 3, "zero_threshold": 1e-9, "zero_count": 1, "positive_span": [
        {"offset": -2, "length": 1}, {"offset": 1, "length": 1}], "positive_delta": [1, 0]} | fields)


COUNTER, GAUGE, SUMMARY, HISTOGRAM, GAUGE_HISTOGRAM = 0, 1, 2, 4, 5
ONE = {"value": 1.0}
PROTO_VALID = [family(COUNTER, {"counter": ONE}), family(HISTOGRAM, histogram()), family(HISTOGRAM, native()),
               family(GAUGE_HISTOGRAM, histogram()),
               family(GAUGE, {"gauge": ONE}, {"gauge": ONE, "label": [labelled()]}),
               family(SUMMARY, {"summary": {"sample_count": 1, "sample_sum": 1.0}})]
PROTO = [
    ("empty-family", family(GAUGE)),
    ("missing-field", family(GAUGE, {"gauge": {}})),
    ("missing-field", family(GAUGE, {"gauge": ONE}, help=None)),
    ("type", family(6, {"gauge": ONE})),
    ("value-message", family(COUNTER, {"gauge": ONE})),
    ("value-message", family(GAUGE, {"gauge": ONE, "counter": ONE})),
    ("value-message", family(GAUGE, {})),
    ("metric-name", family(GAUGE, {"gauge": ONE}, name="a.b")),
    ("metric-name", family(GAUGE, {"gauge": ONE}, name="")),
    ("unit", family(GAUGE, {"gauge": ONE}, unit="seconds")),
    ("label-name", family(GAUGE, {"gauge": ONE, "label": [labelled("a:b")]})),
    ("label-twice", family(GAUGE, {"gauge": ONE, "label": [labelled(), labelled()]})),
    ("reserved-label", family(GAUGE, {"gauge": ONE, "label": [labelled("__a")]})),
    ("reserved-label", family(HISTOGRAM, histogram() | {"label": [labelled("le")]})),
    ("duplicate", family(GAUGE, {"gauge": ONE}, {"gauge": ONE})),
    ("duplicate", family(GAUGE, {"gauge": ONE}, {"gauge": ONE, "label": [labelled(value="")]})),
    ("counter-value", family(COUNTER, {"counter": {"value": -1.0}})),
    ("counter-value", family(COUNTER, {"counter": {"value": float("nan")}})),
    ("exemplar-length", family(COUNTER, {"counter": {"value": 1.0, "exemplar": {"label": [labelled(value="é" * 128)],
                                                                                "value": 1.0}}})),
    ("timestamp", family(COUNTER, {"counter": {"value": 1.0, "created_timestamp": {"seconds": 1, "nanos": 10**9}}})),
    ("count-is-inf-bucket", family(HISTOGRAM, histogram(sample_count=4))),
    ("cumulative", family(HISTOGRAM, histogram(bucket=[{"cumulative_count": 4, "upper_bound": 1.0}]))),
    ("cumulative", family(HISTOGRAM, histogram(bucket=[{"cumulative_count": 2, "upper_bound": 1.0},
                                                       {"cumulative_count": 1, "upper_bound": 2.0}]))),
    ("le-order", family(HISTOGRAM, histogram(bucket=[{"cumulative_count": 1, "upper_bound": 1.0},
                                                     {"cumulative_count": 2, "upper_bound": 1.0}]))),
    ("exemplar-value", family(HISTOGRAM, histogram(bucket=[{"cumulative_count": 1, "upper_bound": 1.0,
                                                            "exemplar": {"value": 2.0}}]))),
    ("float-histogram", family(HISTOGRAM, histogram(sample_count_float=3.0))),
    ("missing-field", family(HISTOGRAM, native(zero_threshold=None))),
    ("schema", family(HISTOGRAM, native(schema=9))),
    ("spans", family(HISTOGRAM, native(positive_delta=[1]))),
    ("spans", family(HISTOGRAM, native(positive_span=[{"offset": 0, "length": 1}, {"offset": -1, "length": 1}]))),
    ("deltas", family(HISTOGRAM, native(positive_delta=[1, -2]))),
    ("count-is-buckets", family(HISTOGRAM, native(zero_count=2))),
    ("count-is-buckets", family(HISTOGRAM, native(positive_delta=[1, 1]))),
    ("no-op-span", family(HISTOGRAM, native(zero_threshold=0.0, zero_count=0, positive_span=[], positive_delta=[],
                                            sample_count=0, bucket=[]))),
    ("exemplar-time", family(HISTOGRAM, native(exemplars=[{"value": 1.0}]))),
    ("quantile", family(SUMMARY, {"summary": {"sample_count": 1, "sample_sum": 1.0, "quantile": [
        {"quantile": 1.5, "value": 1.0}]}})),
]
GAUGE_BODY = examples.PROTO[1:]
PROTO_BYTES = [
    ("truncated", examples.PROTO[:-1]),
    ("truncated", examples.PROTO + b"\x80"),
    ("varint", b"\x95\x80\x80\x80\x80\x00" + GAUGE_BODY),
    ("unknown-field", b"\x17" + GAUGE_BODY + b"\x30\x00"),
    ("wire-type", b"\x15" + GAUGE_BODY.replace(b"\x0a\x01t", b"\x08\x01t")),
    ("utf-8", b"\x15" + GAUGE_BODY.replace(b"\x01t", b"\x01\xff")),
    ("field-twice", b"\x18" + b"\x0a\x01t" + GAUGE_BODY),
    ("contiguous", examples.PROTO + examples.PROTO),
]


def message(raw):
    body = fake_adapter.encode("MetricFamily", raw)
    return fake_adapter.varint(len(body)) + body


def all_mutations():
    """Yield (format, rule, exposition)."""
    for form, base, table in (("text", examples.TEXT, TEXT), ("text1", examples.TEXT_1, TEXT_1),
                              ("om", examples.OPENMETRICS, OPENMETRICS), ("json", examples.JSON, JSON),
                              ("csv", examples.CSV, CSV)):
        for rule, old, new in table:
            if base.count(old) != 1 and old:
                raise ValueError(f"{form}: {old} stands {base.count(old)} times in the example")
            yield form, rule, base.replace(old, new) if old else base + new
    for rule, raw in PROTO:
        yield "proto", rule, message(raw)
    for rule, data in PROTO_BYTES:
        yield "proto", rule, data


FREE = (b"mode{", b"jobs_total{")  # samples in any order


def of_lines(data):
    """Yield (what, exposition) for each line and blank of an exposition in text, less the changes without a meaning."""
    lines = data.split(b"\n")[:-1]

    def joined(parts):
        return b"".join(line + b"\n" for line in parts)
    for at, line in enumerate(lines):
        yield f"line {at + 1} twice", joined(lines[: at + 1] + lines[at:])
        if not line.startswith(b"# TYPE") or line.split()[3] not in (b"untyped", b"unknown"):
            yield f"line {at + 1} missing", joined(lines[:at] + lines[at + 1:])
        yield f"line {at + 1} ends in CR", joined(lines[:at] + [line + b"\r"] + lines[at + 1:])
        yield f"line {at + 1} ends in a blank", joined(lines[:at] + [line + b" "] + lines[at + 1:])
        if at + 1 < len(lines) and not (line.startswith(FREE) and lines[at + 1].startswith(FREE)):
            yield f"lines {at + 1} and {at + 2} exchanged", joined(lines[:at] + [lines[at + 1], line] + lines[at + 2:])
        for blank in re.finditer(rb" ", line):
            for other in (b"  ", b"\t", b""):
                changed = line[: blank.start()] + other + line[blank.end():]
                yield f"a blank in line {at + 1} as {other}", joined(lines[:at] + [changed] + lines[at + 1:])
