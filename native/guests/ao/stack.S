# The C stack as the host sees it. It lies between the static data and the heap and grows down towards the data, as in
# the modules of emscripten; its bounds are the linker's __heap_base and STACK_BYTES below it.
#if __wasm64__
#define P i64
#define CONST i64.const
#define SUB i64.sub
#define AND i64.and
#else
#define P i32
#define CONST i32.const
#define SUB i32.sub
#define AND i32.and
#endif

	.globaltype	__stack_pointer, P

	.globl	emscripten_stack_get_current
	.type	emscripten_stack_get_current,@function
emscripten_stack_get_current:
	.functype	emscripten_stack_get_current () -> (P)
	global.get	__stack_pointer
	end_function

	.globl	_emscripten_stack_restore
	.type	_emscripten_stack_restore,@function
_emscripten_stack_restore:
	.functype	_emscripten_stack_restore (P) -> ()
	local.get	0
	global.set	__stack_pointer
	end_function

	.globl	_emscripten_stack_alloc
	.type	_emscripten_stack_alloc,@function
_emscripten_stack_alloc:
	.functype	_emscripten_stack_alloc (P) -> (P)
	.local	P
	global.get	__stack_pointer
	local.get	0
	SUB
	CONST	-16
	AND
	local.tee	1
	global.set	__stack_pointer
	local.get	1
	end_function
