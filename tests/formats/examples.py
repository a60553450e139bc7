"""Valid expositions: those of the specification, which every parser has to accept, and what mutations start from."""

TEXT = b"""\
# HELP jobs_processed_total Jobs done, by "queue".
# TYPE jobs_processed_total counter
jobs_processed_total{queue="mail",path="C:\\\\tmp\\nx"} 1027
# HELP tank_level_ratio Fill level.
# TYPE tank_level_ratio gauge
tank_level_ratio 0.25
# HELP job_seconds Time per job.
# TYPE job_seconds histogram
job_seconds_bucket{queue="mail",le="0.1"} 3
job_seconds_bucket{queue="mail",le="1"} 5
job_seconds_bucket{queue="mail",le="+Inf"} 6
job_seconds_sum{queue="mail"} 7.25
job_seconds_count{queue="mail"} 6
# HELP reply_bytes Reply sizes.
# TYPE reply_bytes summary
reply_bytes{quantile="0.5"} 310
reply_bytes{quantile="0.99"} NaN
reply_bytes_sum 51200
reply_bytes_count 160
"""

TEXT_1 = b"""\
# HELP "jobs.done/total" Jobs done.
# TYPE "jobs.done/total" counter
{"jobs.done/total","queue.name"="mail"} 4
{"jobs.done/total","queue.name"="a \\"b\\""} 1
"""

OPENMETRICS = b"""\
# TYPE jobs_processed counter
# HELP jobs_processed Jobs done, by \\"queue\\".
jobs_processed_total{queue="mail"} 1027 # {trace_id="4bf92f"} 1 1700000000.25
jobs_processed_created{queue="mail"} 1699990000.125
# TYPE cpu_seconds counter
# UNIT cpu_seconds seconds
# HELP cpu_seconds CPU time.
cpu_seconds_total 12.5
cpu_seconds_created 1699990000.125
# TYPE job_seconds histogram
# UNIT job_seconds seconds
# HELP job_seconds Time per job.
job_seconds_bucket{le="0.1"} 3 # {} 0.05
job_seconds_bucket{le="1.0"} 5 # {trace_id="a1"} 0.7 1700000001.5
job_seconds_bucket{le="+Inf"} 6
job_seconds_count 6
job_seconds_sum 7.25
job_seconds_created 1699990000.125
# TYPE queue_wait_seconds gaugehistogram
# UNIT queue_wait_seconds seconds
# HELP queue_wait_seconds Age of what waits now.
queue_wait_seconds_bucket{le="1.0"} 4
queue_wait_seconds_bucket{le="+Inf"} 5
queue_wait_seconds_gcount 5
queue_wait_seconds_gsum 9.5
# TYPE reply_bytes summary
# UNIT reply_bytes bytes
# HELP reply_bytes Reply sizes.
reply_bytes{quantile="0.5"} 310
reply_bytes_count 160
reply_bytes_sum 51200
reply_bytes_created 1699990000.125
# TYPE build info
# HELP build Build data.
build_info{version="1.2.0",revision="e5f0"} 1
# TYPE mode stateset
# HELP mode Operating mode.
mode{mode="idle"} 0
mode{mode="busy"} 1
# TYPE imported unknown
# HELP imported From a source without types.
imported 4.5
# EOF
"""

# One gauge `t` with help `h` and value 1.
PROTO = bytes.fromhex("15 0a0174 120168 1801 220b 1209 09000000000000f03f")

JSON = b"""\
[
{"name":"jobs_total","type":"counter","help":"Jobs.","metrics":[{"labels":{"queue":"mail"},"value":9007199254740993,\
"created":1700000000.125,"exemplar":{"labels":{"trace_id":"a1"},"value":1,"timestamp":1700000001.5}}]},
{"name":"job_seconds","type":"histogram","help":"Time.","unit":"seconds","metrics":[{"labels":{},"sum":0.25,"count":2,\
"buckets":[{"le":"1.0","count":1},{"le":"+Inf","count":2}],"native":{"count":2,"sum":0.25,"schema":3,\
"zero_threshold":1e-9,"zero_count":1,"positive":[{"index":-15,"count":1}],"negative":[]}}]},
{"name":"level","type":"gauge","help":"Level.","metrics":[{"labels":{},"value":"NaN"}]},
{"name":"reply_bytes","type":"summary","help":"Size.","unit":"bytes","metrics":[{"labels":{},"sum":1,"count":1,\
"quantiles":[{"quantile":"0.5","value":1}]}]},
{"name":"mode","type":"stateset","help":"Mode.","metrics":[{"labels":{},"states":{"idle":0,"busy":1}}]},
{"name":"build_info","type":"info","help":"Build.","metrics":[{"labels":{"version":"1.2.0"},"value":1}]}
]
"""

CSV = b'''\
name,type,labels,value\r
jobs_total,counter,"queue=""mail"",path=""a\\nb,c""",3\r
job_seconds_bucket,histogram,"le=""1.0""",1\r
job_seconds_bucket,histogram,"le=""+Inf""",2\r
job_seconds_sum,histogram,,0.25\r
job_seconds_count,histogram,,2\r
level,gauge,,NaN\r
'''

# A script with every type: what the writers of the fake adapter make of it is valid as well.
SCRIPT = """\
new\tcounter\tjobs_total\tJobs done.\t\tqueue
ex\tjobs_total\tinc\t3\ttrace_id=a1\t1700000001.5\tmail
op\tjobs_total\tinc\t1\tfax
new\tgauge\tlevel\tLevel, "quoted" \\\\.\t\t
op\tlevel\tset\t0.25
new\thistogram\tjob_seconds\tTime.\tseconds\tqueue\tbuckets=0.1,1\tfactor=1.5
ex\tjob_seconds\tobserve\t0.05\ttrace_id=b2\t1700000002.5\tmail
op\tjob_seconds\tobserve\t-0.5\tfax
op\tjob_seconds\tobserve\t0.5\tmail
op\tjob_seconds\tobserve\t5\tmail
new\tgaugehistogram\tqueue_wait\tWait.\t\t\tbuckets=-1,1
op\tqueue_wait\tobserve\t-3
new\tsummary\treply_bytes\tSize.\tbytes\tcode
op\treply_bytes\tobserve\t310\t200
new\tinfo\tbuild_info\tBuild.\t\tversion
op\tbuild_info\tinit\t\t1.2.0
new\tstateset\tmode\tMode.\t\t\tstates=idle,busy
op\tmode\tstate\tbusy=1
new\tunknown\timported\tNo type.\t\t
op\timported\tset\t4.5
new\tcounter\tkept_name\tKept.\t\t\tkeep=1
""".encode()
