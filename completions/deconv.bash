# Completion of deconv for bash.
# Written by `python -m deconvcli.cli.completions`; changes here are lost.

_deconv_value() {
    options='' words=${1-} files=${2-} list=${3-}
}

# The words for $command or, if $option needs a value, for that value.
_deconv_offers() {
    case $command in
        '')
            options='-V --version -h --help' words='shape explain draw run solve convert weights check sizes rule schema verify bench dialects vectors completion' files=''
            ;;
        shape)
            options='--in -k --kernel --kernel-size -s --stride --strides -p --padding -D --dialect --framework --op --output-padding -d --dilation --dilation-rate -g --groups --in-channels --out-channels --filters --batch --output-size --output-shape --auto-pad --transpose-kernel --data-format --set --expect --targets --target --macs --jsonl -o --out --force --format -q --quiet -h --help' words='' files=''
            case $option in
                --in | -k | --kernel | --kernel-size | -s | --stride | --strides | --op | --output-padding | -d | --dilation | --dilation-rate | -g | --groups | --in-channels | --out-channels | --filters | --batch | --output-size | --output-shape | --auto-pad | --data-format | --expect) _deconv_value '' '' ;;
                -p | --padding) _deconv_value 'valid same' '' ;;
                -D | --dialect | --framework) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert all' '' list ;;
                --set) _deconv_value '' '' list ;;
                --targets | --target) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert all executorch iree keras_tflite mnn onnx2tf onnx2torch onnxslim pnnx rknn tf2onnx torch_onnx_dynamo torch_onnx_jit' '' list ;;
                --jsonl | -o | --out) _deconv_value '' '*' ;;
                --format) _deconv_value 'html json jsonl markdown text' '' ;;
            esac
            ;;
        explain)
            options='--in -k --kernel --kernel-size -s --stride --strides -p --padding -D --dialect --framework --op --output-padding -d --dilation --dilation-rate -g --groups --in-channels --out-channels --filters --batch --output-size --output-shape --auto-pad --transpose-kernel --data-format --set --why --compare -o --out --force --format -q --quiet -h --help' words='' files=''
            case $option in
                --in | -k | --kernel | --kernel-size | -s | --stride | --strides | --op | --output-padding | -d | --dilation | --dilation-rate | -g | --groups | --in-channels | --out-channels | --filters | --batch | --output-size | --output-shape | --auto-pad | --data-format | --why) _deconv_value '' '' ;;
                -p | --padding) _deconv_value 'valid same' '' ;;
                -D | --dialect | --framework) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert' '' list ;;
                --set) _deconv_value '' '' list ;;
                --compare) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert all none' '' list ;;
                -o | --out) _deconv_value '' '*' ;;
                --format) _deconv_value 'html json jsonl markdown text' '' ;;
            esac
            ;;
        draw)
            options='-o --out --in -k --kernel --kernel-size -s --stride --strides -p --padding -D --dialect --framework --op --output-padding -d --dilation --dilation-rate -g --groups --in-channels --out-channels --filters --batch --output-size --output-shape --auto-pad --transpose-kernel --data-format --set --size --reader --frame --force --format -q --quiet -h --help' words='' files='*'
            case $option in
                -o | --out) _deconv_value '' '*' ;;
                --in | -k | --kernel | --kernel-size | -s | --stride | --strides | --op | --output-padding | -d | --dilation | --dilation-rate | -g | --groups | --in-channels | --out-channels | --filters | --batch | --output-size | --output-shape | --auto-pad | --data-format | --size | --frame) _deconv_value '' '' ;;
                -p | --padding) _deconv_value 'valid same' '' ;;
                -D | --dialect | --framework) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert' '' ;;
                --set) _deconv_value '' '' list ;;
                --reader) _deconv_value 'caffe keras ncnn notebook onnx openpcdet openvino pt2 python tflite vocoder' '' ;;
                --format) _deconv_value 'html json jsonl markdown text' '' ;;
            esac
            ;;
        run)
            options='--in -k --kernel --kernel-size -s --stride --strides -p --padding -D --dialect --framework --op --output-padding -d --dilation --dilation-rate -g --groups --in-channels --out-channels --filters --batch --output-size --output-shape --auto-pad --transpose-kernel --data-format --set --weights --bias -o --out --check --against --reference --format -q --quiet --force --rank --cast --dtype --seed --engine --threads --repeat --max-memory --mmap -h --help' words='' files='*.npy'
            case $option in
                --in | -k | --kernel | --kernel-size | -s | --stride | --strides | --op | --output-padding | -d | --dilation | --dilation-rate | -g | --groups | --in-channels | --out-channels | --filters | --batch | --output-size | --output-shape | --auto-pad | --data-format | --rank | --seed | --threads | --repeat | --max-memory) _deconv_value '' '' ;;
                -p | --padding) _deconv_value 'valid same' '' ;;
                -D | --dialect | --framework) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert' '' ;;
                --set) _deconv_value '' '' list ;;
                --weights | --bias | -o | --out | --reference) _deconv_value '' '*.npy' ;;
                --against) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert' '' list ;;
                --format) _deconv_value 'html json jsonl markdown text' '' ;;
                --dtype) _deconv_value 'float16 float32 float64' '' ;;
                --engine) _deconv_value 'numba numpy reference' '' ;;
            esac
            ;;
        solve)
            options='--out --factor --hop --stages --mirror --in -k --kernel --kernel-size -s --stride --strides -p --padding -D --dialect --framework --op --output-padding -d --dilation --dilation-rate -g --groups --in-channels --out-channels --filters --transpose-kernel --data-format --set --limit -o --output --force --format -q --quiet -h --help' words='' files=''
            case $option in
                --out | --factor | --hop | --stages | --mirror | --in | -k | --kernel | --kernel-size | -s | --stride | --strides | --op | --output-padding | -d | --dilation | --dilation-rate | -g | --groups | --in-channels | --out-channels | --filters | --data-format | --limit) _deconv_value '' '' ;;
                -p | --padding) _deconv_value 'valid same' '' ;;
                -D | --dialect | --framework) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert all' '' list ;;
                --set) _deconv_value '' '' list ;;
                -o | --output) _deconv_value '' '*' ;;
                --format) _deconv_value 'html json jsonl markdown text' '' ;;
            esac
            ;;
        convert)
            options='--in -k --kernel --kernel-size -s --stride --strides -p --padding -D --dialect --framework --op --output-padding -d --dilation --dilation-rate -g --groups --in-channels --out-channels --filters --batch --output-size --output-shape --auto-pad --transpose-kernel --data-format --set --to -o --out --against --weights --out-weights --bias --out-bias --force --format --without --way -q --quiet -h --help' words='' files=''
            case $option in
                --in | -k | --kernel | --kernel-size | -s | --stride | --strides | --op | --output-padding | -d | --dilation | --dilation-rate | -g | --groups | --in-channels | --out-channels | --filters | --batch | --output-size | --output-shape | --auto-pad | --data-format | --weights | --out-weights | --bias | --out-bias) _deconv_value '' '' ;;
                -p | --padding) _deconv_value 'valid same' '' ;;
                -D | --dialect | --framework) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert' '' ;;
                --set) _deconv_value '' '' list ;;
                --to) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert all config' '' list ;;
                -o | --out) _deconv_value '' '*' ;;
                --format) _deconv_value 'html json jsonl markdown text python yaml' '' ;;
                --without) _deconv_value transposed '' ;;
                --way) _deconv_value 'matrix resize subpixel zeros' '' ;;
            esac
            ;;
        weights)
            options='--in -k --kernel --kernel-size -s --stride --strides -p --padding -D --dialect --framework --op --output-padding -d --dilation --dilation-rate -g --groups --in-channels --out-channels --filters --batch --output-size --output-shape --auto-pad --transpose-kernel --data-format --set -o --out --normalize --dtype --force --format -q --quiet -h --help' words='bilinear nearest ones' files=''
            case $option in
                --in | -k | --kernel | --kernel-size | -s | --stride | --strides | --op | --output-padding | -d | --dilation | --dilation-rate | -g | --groups | --in-channels | --out-channels | --filters | --batch | --output-size | --output-shape | --auto-pad | --data-format) _deconv_value '' '' ;;
                -p | --padding) _deconv_value 'valid same' '' ;;
                -D | --dialect | --framework) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert' '' ;;
                --set) _deconv_value '' '' list ;;
                -o | --out) _deconv_value '' '*.npy' ;;
                --dtype) _deconv_value 'float16 float32 float64' '' ;;
                --format) _deconv_value 'html json jsonl markdown text' '' ;;
            esac
            ;;
        check)
            options='--table --size --reader --select --ignore --targets --target --exclude --strict --exit-zero -o --out --output --format --statistics --color -q --quiet --force --jobs --config --isolated --fix-hints --fix --unsafe --diff --add-ignore --lock --locked -h --help' words='' files='*'
            case $option in
                --size | --exclude | --jobs) _deconv_value '' '' ;;
                --reader) _deconv_value 'caffe keras ncnn notebook onnx openpcdet openvino pt2 python tflite vocoder' '' ;;
                --select | --ignore) _deconv_value 'DCV101 DCV102 DCV103 DCV104 DCV105 DCV106 DCV107 DCV108 DCV109 DCV110 DCV111 DCV112 DCV120 DCV201 DCV202 DCV203 DCV204 DCV205 DCV206 DCV207 DCV208 DCV209' '' list ;;
                --targets | --target) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert executorch iree keras_tflite mnn onnx2tf onnx2torch onnxslim pnnx rknn tf2onnx torch_onnx_dynamo torch_onnx_jit' '' list ;;
                -o | --out | --output | --config) _deconv_value '' '*' ;;
                --format) _deconv_value 'concise counts github gitlab json jsonl junit markdown sarif text' '' ;;
                --color) _deconv_value 'auto always never' '' ;;
            esac
            ;;
        sizes)
            options='--at --network --size --reader -o --out --force --format -q --quiet -h --help' words='' files='*'
            case $option in
                --at | --network | --size) _deconv_value '' '' ;;
                --reader) _deconv_value 'caffe keras ncnn notebook onnx openpcdet openvino pt2 python tflite vocoder' '' ;;
                -o | --out) _deconv_value '' '*' ;;
                --format) _deconv_value 'html json jsonl markdown text' '' ;;
            esac
            ;;
        rule)
            options='-o --out --force --format -q --quiet -h --help' words='DCV101 DCV102 DCV103 DCV104 DCV105 DCV106 DCV107 DCV108 DCV109 DCV110 DCV111 DCV112 DCV120 DCV201 DCV202 DCV203 DCV204 DCV205 DCV206 DCV207 DCV208 DCV209 unreadable unknown-key missing-key illegal-value unknown-name empty-output wrong-channels wrong-groups unexpected-size unequal-sizes no-formula wrong-rank changed-size uneven-overlap gaps asymmetric-crop not-portable argument-order useless-macs deviation fixed-size hop-length' files=''
            case $option in
                -o | --out) _deconv_value '' '*' ;;
                --format) _deconv_value 'html json jsonl markdown text' '' ;;
            esac
            ;;
        schema)
            options='-o --out --force -h --help' words='' files=''
            case $option in
                -o | --out) _deconv_value '' '*' ;;
            esac
            ;;
        verify)
            options='-D --dialect --framework -n --n --seed --layer --convert --to --require -o --out --force --format -q --quiet -h --help' words='' files=''
            case $option in
                -D | --dialect | --framework | --to) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert' '' list ;;
                -n | --n | --seed | --layer) _deconv_value '' '' ;;
                -o | --out) _deconv_value '' '*' ;;
                --format) _deconv_value 'html json jsonl markdown text' '' ;;
            esac
            ;;
        bench)
            options='--suite --list -D --frameworks --seconds --threads --dtype --engine --in -k --kernel --kernel-size -s --stride --strides -p --padding --dialect --framework --op --output-padding -d --dilation --dilation-rate -g --groups --in-channels --out-channels --filters --batch --output-size --output-shape --auto-pad --transpose-kernel --data-format --set -o --out --force --format -q --quiet -h --help' words='' files=''
            case $option in
                --suite) _deconv_value 'few real study unseen' '' ;;
                -D | --frameworks) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert' '' list ;;
                --seconds | --threads | --in | -k | --kernel | --kernel-size | -s | --stride | --strides | --op | --output-padding | -d | --dilation | --dilation-rate | -g | --groups | --in-channels | --out-channels | --filters | --batch | --output-size | --output-shape | --auto-pad | --data-format) _deconv_value '' '' ;;
                --dtype) _deconv_value 'float32 float64' '' ;;
                --engine) _deconv_value 'numba numpy reference' '' ;;
                -p | --padding) _deconv_value 'valid same' '' ;;
                --dialect | --framework) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert' '' ;;
                --set) _deconv_value '' '' list ;;
                -o | --out) _deconv_value '' '*' ;;
                --format) _deconv_value 'html json jsonl markdown text' '' ;;
            esac
            ;;
        dialects)
            options='-o --out --force --format -q --quiet -h --help' words='caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert' files=''
            case $option in
                -o | --out) _deconv_value '' '*' ;;
                --format) _deconv_value 'html json jsonl markdown text' '' ;;
            esac
            ;;
        vectors)
            options='--in -k --kernel --kernel-size -s --stride --strides -p --padding -D --dialect --framework --op --output-padding -d --dilation --dilation-rate -g --groups --in-channels --out-channels --filters --batch --output-size --output-shape --auto-pad --transpose-kernel --data-format --set -o --out --suite --dtype --seed --force --format -q --quiet -h --help' words='' files=''
            case $option in
                --in | -k | --kernel | --kernel-size | -s | --stride | --strides | --op | --output-padding | -d | --dilation | --dilation-rate | -g | --groups | --in-channels | --out-channels | --filters | --batch | --output-size | --output-shape | --auto-pad | --data-format | --seed) _deconv_value '' '' ;;
                -p | --padding) _deconv_value 'valid same' '' ;;
                -D | --dialect | --framework) _deconv_value 'caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras@openvino keras2 mlx mxnet mxnet@native ncnn onednn onnx onnx@onnxruntime onnx@onnxruntime_web onnx@opencv onnx@opencv4 onnx@openvino onnx@reference onnx@shape_inference onnx@tract onnx@tvm openvino paddle tensorflow tensorrt tfjs tfjs@wasm tflite tinygrad torch webnn webnn@litert' '' ;;
                --set) _deconv_value '' '' list ;;
                -o | --out) _deconv_value '' '*' ;;
                --suite) _deconv_value edge '' ;;
                --dtype) _deconv_value 'int8 int16 int32 int64 float16 float32 float64' '' ;;
                --format) _deconv_value 'html json jsonl markdown text' '' ;;
            esac
            ;;
        completion)
            options='-o --out --force -h --help' words='bash fish zsh' files=''
            case $option in
                -o | --out) _deconv_value '' '*' ;;
            esac
            ;;
    esac
}

_deconv() {
    local IFS=$' \t\n' line=() part joins='' command='' option='' ended='' head='' cur kept
    local words='' files='' options='' list=''
    COMPREPLY=()

    # Bash breaks --padding=same and keras@torch apart; here they are one word again.
    for part in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
        if [[ ${#line[@]} -gt 0 && ( $part == [=@:]* || ( -n $joins && -n $part ) ) ]]; then
            line[${#line[@]}-1]+=$part
        else
            line+=("$part")
        fi
        joins=''
        [[ $part == *[=@:] ]] && joins=1
    done

    cur=${line[${#line[@]}-1]}
    for part in "${line[@]:0:${#line[@]}-1}"; do
        [[ $part == -- ]] && ended=1
        [[ $part == -* || -n $command ]] || command=$part
        option=$part
    done
    if [[ $cur == --*=* ]]; then
        option=${cur%%=*} head=${cur%%=*}= cur=${cur#*=}
    fi

    _deconv_offers
    # If options are left, no value is expected: this one is a flag and takes none.
    [[ -n $head && -n $options ]] && _deconv_value
    [[ -n $ended ]] && options=''
    [[ $cur == -* && -n $options ]] && files=''
    [[ $cur == -* || -z $words$files ]] && words+=" $options"
    # In a list, only the word after the last comma is completed.
    [[ -n $list && $cur == *,* ]] && head+=${cur%,*}, cur=${cur##*,}
    for part in $words; do
        [[ $part == "$cur"* ]] && COMPREPLY+=("$head$part")
    done

    # An empty answer leaves files to readline, which knows all about quoting.
    if [[ -z $files ]]; then
        compopt +o default 2>/dev/null
    elif [[ $files != '*' ]] && compopt -o filenames 2>/dev/null; then
        while IFS= read -r part; do
            COMPREPLY+=("$head$part")
        done < <(compgen -f -X "!$files" -- "$cur" && compgen -d -X "$files" -- "$cur")
    fi

    # Readline replaces only what follows the last break character, a @ included.
    if [[ ${#COMPREPLY[@]} -gt 0 ]]; then
        cur=$head$cur
        kept=${cur%"${cur##*["$COMP_WORDBREAKS"]}"}
        COMPREPLY=("${COMPREPLY[@]#"${kept%@}"}")
    fi
    return 0
}

complete -o default -F _deconv deconv
