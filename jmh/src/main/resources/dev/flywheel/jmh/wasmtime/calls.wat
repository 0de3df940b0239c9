;; The guest of CallBenchmark and of its peer in C.
(module
  (import "host" "increment" (func $increment (param i64) (result i64)))
  (memory 1)
  (func (export "add") (param i64 i64) (result i64)
    (i64.add (local.get 0) (local.get 1)))
  (func (export "call_host") (param $times i64) (result i64)
    (local $sum i64)
    (loop $again
      (local.set $sum (call $increment (local.get $sum)))
      (br_if $again (i64.lt_u (local.get $sum) (local.get $times))))
    (local.get $sum))
  (func (export "out_of_bounds")
    (drop (i32.load (i32.const 65536))))
  (func $overflow (export "overflow") (call $overflow)))
