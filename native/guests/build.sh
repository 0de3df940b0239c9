#!/usr/bin/env bash
# Builds the guests with Debian's clang and lld, for 32 and 64 bits, into the resources where their builds are committed.
# The same compiler gives the same bytes: `build.sh --check` builds elsewhere and compares.
set -euo pipefail
cd "$(dirname "$0")"
want=14.0.6
out=../src/main/resources/dev/flywheel/guests
forms="v1 v2 e3 v4 v64 hb hbx"
guests="echo counter toucher talker misbehaver catcher nohandle unknownimport badstart"

clang=$(command -v clang-14 || command -v clang || true)
lld=$(command -v wasm-ld-14 || command -v wasm-ld || true)
[ -n "$clang" ] && [ -n "$lld" ] || { echo "clang and wasm-ld are needed (Debian 12: apt install clang lld)" >&2; exit 1; }
command -v node >/dev/null || { echo "node is needed for the first family's names (Debian 12: apt install nodejs)" >&2; exit 1; }
have=$("$clang" --version | sed -n 's/.*clang version \([0-9.]*\).*/\1/p')
[ "$have" = "$want" ] || { echo "clang $have found, the committed builds are made by $want (Debian 12): the bytes would differ" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
check=
if [ "${1:-}" = --check ]; then check=yes; target=$work/out; else target=$out; fi

# As the xs preset of AO's build tool: arguments lie on the stack, so it bounds the size of a message.
stack=$((16 << 20))
# Room for static data and some heap above the stack.
initial=$((20 << 20))
# 16384 pages, the largest maximum of the aos modules.
maximum=$((1 << 30))

# The guest in all forms: small, since each evaluation of a recording begins with a new instance of it.
form_stack=$((1 << 18))
form_initial=$((1 << 20))
form_maximum=$((1 << 24))

for bits in 32 64; do
  cc="$clang --target=wasm$bits-unknown-unknown -std=c11 -O2 -ffreestanding -fno-builtin -nostdlib -fvisibility=hidden
    -Wall -Wextra -Werror -DSTACK_BYTES=$stack"
  mkdir -p "$work/$bits" "$target/$bits"
  for source in ao/answer.c ao/json.c ao/memory.c ao/shape.c ao/stack.S; do
    $cc -c "$source" -o "$work/$bits/$(basename "${source%.*}").o"
  done
  for guest in $guests; do
    $cc -c "$guest.c" -o "$work/$bits/$guest.main.o"
    "$lld" $([ $bits = 64 ] && echo -mwasm64) --no-entry --strip-all --export-table \
      --export=__wasm_call_ctors --export=malloc --export=free --export=emscripten_stack_get_current \
      --export=_emscripten_stack_restore --export=_emscripten_stack_alloc \
      -z stack-size=$stack --initial-memory=$initial --max-memory=$maximum \
      "$work/$bits/$guest.main.o" "$work/$bits"/{answer,json,memory,shape,stack}.o -o "$target/$bits/$guest.wasm"
    chmod 644 "$target/$bits/$guest.wasm"
  done
done
# One guest in the form of each family of modules; its setjmp is what the compiler makes of it for that family.
mkdir -p "$work/forms" "$target/forms"
for form in $forms; do
  bits=32 copy=_emscripten_memcpy_js ctors=--export=__wasm_call_ctors stack= jumps="-mllvm -enable-emscripten-sjlj" more=
  newer="--export=emscripten_stack_get_current --export=_emscripten_stack_restore --export=_emscripten_stack_alloc"
  case $form in
    v1) number=1 copy=emscripten_memcpy_big ;;
    v2) number=2 copy=emscripten_memcpy_big stack=--export=free ;;
    e3) number=3 copy=emscripten_memcpy_js stack="--export=free --export=emscripten_stack_get_current" ;;
    v4) number=4 stack="--export=free $newer" ;;
    v64) number=64 bits=64 stack="--export=free $newer" ;;
    hb) number=100 bits=64 ctors= stack=$newer more=-DGROWS_ITSELF ;;
    hbx) number=101 bits=64 ctors= stack=$newer more=-DGROWS_ITSELF
      jumps="-mexception-handling -mllvm -wasm-enable-sjlj" ;;
  esac
  cc="$clang --target=wasm$bits-unknown-unknown -std=c11 -O2 -ffreestanding -fno-builtin -nostdlib -fvisibility=hidden
    -Wall -Wextra -Werror -DSTACK_BYTES=$form_stack -DFORM=$number -DCOPY_NAME=$copy $more"
  objects=
  for source in forms/prober.c forms/runtime.c forms/labels.c ao/answer.c ao/json.c ao/memory.c ao/stack.S; do
    [ $bits = 32 ] && [ $source = forms/labels.c ] && continue
    object="$work/forms/$form.$(basename "${source%.*}").o"
    options=
    # The throwing function of the runtime needs the compiler's tag as well as its callers.
    case $source in forms/prober.c | forms/runtime.c) [ $form = hbx ] && options=$jumps ;; esac
    [ $source = forms/prober.c ] && options=$jumps
    # Clang 14 asks malloc for setjmp's labels with 32 bits in either width: labels.c has that one, and the other moves.
    [ $bits = 64 ] && [ $source != forms/labels.c ] && options="$options -Dmalloc=guest_malloc"
    $cc $options -c "$source" -o "$object"
    objects="$objects $object"
  done
  "$lld" $([ $bits = 64 ] && echo -mwasm64) --no-entry --strip-all --export-table $ctors $stack \
    -z stack-size=$form_stack --initial-memory=$form_initial --max-memory=$form_maximum $objects -o "$target/forms/$form.wasm"
  chmod 644 "$target/forms/$form.wasm"
done
node forms/names.mjs "$target/forms/v1.wasm"
# LC_ALL: one order of names everywhere.
(cd "$target" && LC_ALL=C sha256sum {32,64,forms}/*.wasm >SHA256SUMS)
if [ -n "$check" ]; then
  diff -r "$target" "$out" >&2 || { echo "the committed guests are not what the sources give: run native/guests/build.sh" >&2; exit 1; }
  echo "the committed guests are what the sources give, byte for byte"
else
  echo "built: $(wc -l <"$target/SHA256SUMS") files, $(cat "$target"/*/*.wasm | wc -c) bytes"
fi
