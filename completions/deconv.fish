# Completion of deconv for fish.
# Written by `python -m deconvcli.cli.completions`; changes here are lost.

# Whether the line is at this command; without one, whether no command is typed yet.
function __deconv_at
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if not string match -q -- '-*' $word
            test "$word" = "$argv"
            return
        end
    end
    test -z "$argv"
end

# Files with this suffix, then all others; for the value of --option=value as well.
function __deconv_files
    set -l token (commandline -ct | string replace -r -- '^--[^=]*=' '')
    __fish_complete_suffix "$token" $argv
end

complete -c deconv -f

complete -c deconv -n '__deconv_at' -a bench -d 'Time our kernel beside the frameworks installed here, in one run.'
complete -c deconv -n '__deconv_at' -a check -d 'Architecture configs held against the rules, for people and for CI.'
complete -c deconv -n '__deconv_at' -a dialects -d 'What every framework\'s dialect has, and who says so.'
complete -c deconv -n '__deconv_at' -a draw -d 'A picture of a layer: an animated SVG, one frame of it as PNG, or a page to try numbers on.'
complete -c deconv -n '__deconv_at' -a explain -d 'How a layer becomes its output: step by step, element by element.'
complete -c deconv -n '__deconv_at' -a rule -d 'A finding\'s page: what it is, why it matters, how to fix it.'
complete -c deconv -n '__deconv_at' -a run -d 'Compute a layer on a file or random numbers; compare with the prediction.'
complete -c deconv -n '__deconv_at' -a schema -d 'The JSON Schema of our configs, for editors.'
complete -c deconv -n '__deconv_at' -a shape -d 'Output size of a layer, in the convention of any framework.'
complete -c deconv -n '__deconv_at' -a sizes -d 'The input sizes for which a network with skips works.'
complete -c deconv -n '__deconv_at' -a verify -d 'Hold our predictions against the frameworks installed here.'
complete -c deconv -n '__deconv_at' -s V -l version -d 'Show the version and exit.'
complete -c deconv -n '__deconv_at' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at bench' -f
complete -c deconv -n '__deconv_at bench' -l suite -r -f -k -a 'few\t real\t study\t unseen\t' -d 'Time these layers. [default: study]'
complete -c deconv -n '__deconv_at bench' -l list -d 'List the layers of the suites, time nothing.'
complete -c deconv -n '__deconv_at bench' -l frameworks -r -f -d 'Only these, as torch,onnx@onnxruntime. Default: all installed that can be timed.'
complete -c deconv -n '__deconv_at bench' -l threads -r -f -d 'Default: one per usable CPU.'
complete -c deconv -n '__deconv_at bench' -l seconds -r -f -d 'For each engine on each layer, pauses included.'
complete -c deconv -n '__deconv_at bench' -l dtype -r -f -k -a 'float32\t float64\t' -d 'Of all arrays.'
complete -c deconv -n '__deconv_at bench' -l engine -r -f -k -a 'numba\t numpy\t reference\t' -d 'Which of our engines.'
complete -c deconv -n '__deconv_at bench' -s D -l dialect -l framework -r -f -k -a 'caffe\t coreml\t cudnn\t flax\t jax\t keras\t keras@tensorflow\t keras@torch\t keras@jax\t keras2\t mlx\t mxnet\t onednn\t onnx\t onnx@onnxruntime\t onnx@reference\t onnx@shape_inference\t openvino\t paddle\t tensorflow\t tensorrt\t tflite\t tinygrad\t torch\t webnn\t' -d 'Whose words these are: caffe, coreml, cudnn, flax, jax, keras, keras2, mlx, mxnet, onednn, onnx, openvino, paddle, tensorflow, tensorrt, tflite, tinygrad, torch, webnn; or one implementation, such as keras@torch. For shape also several, as torch,keras, or all.'
complete -c deconv -n '__deconv_at bench' -l in -r -f -d 'Input size: 5, 5x5; symbols: N, HxW, 2N-1.'
complete -c deconv -n '__deconv_at bench' -s k -l kernel -l kernel-size -r -f -d 'Kernel size: 3, 3x5.'
complete -c deconv -n '__deconv_at bench' -s s -l stride -l strides -r -f -d 'Stride: how far apart two inputs lie in the output.'
complete -c deconv -n '__deconv_at bench' -s p -l padding -r -f -k -a 'valid\t same\t' -d 'valid, same, 1, 1x2, or begin:end per axis: 1:2,0:1.'
complete -c deconv -n '__deconv_at bench' -l op -l output-padding -r -f -d 'Elements given back at the end of each axis.'
complete -c deconv -n '__deconv_at bench' -s d -l dilation -l dilation-rate -r -f -d 'Dilation: how far apart two kernel elements lie.'
complete -c deconv -n '__deconv_at bench' -s g -l groups -r -f -d 'Groups of channels.'
complete -c deconv -n '__deconv_at bench' -l in-channels -r -f -d 'Input channels.'
complete -c deconv -n '__deconv_at bench' -l out-channels -l filters -r -f -d 'Output channels.'
complete -c deconv -n '__deconv_at bench' -l output-size -l output-shape -r -f -d 'Ask for this output size.'
complete -c deconv -n '__deconv_at bench' -l auto-pad -r -f -d 'ONNX, OpenVINO: SAME_UPPER ...'
complete -c deconv -n '__deconv_at bench' -l transpose-kernel -d 'JAX, Flax.'
complete -c deconv -n '__deconv_at bench' -l data-format -r -f -d 'channels_last, NCHW ...'
complete -c deconv -n '__deconv_at bench' -l batch -r -f -d 'Batch size.'
complete -c deconv -n '__deconv_at bench' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'How the result is printed.'
complete -c deconv -n '__deconv_at bench' -s q -l quiet -d 'Only the bare result.'
complete -c deconv -n '__deconv_at bench' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at check' -F
complete -c deconv -n '__deconv_at check' -l format -r -f -k -a 'github\t gitlab\t json\t jsonl\t junit\t markdown\t sarif\t text\t' -d 'How the findings are printed.'
complete -c deconv -n '__deconv_at check' -s o -l output -r -F -d 'Write them there.'
complete -c deconv -n '__deconv_at check' -l table -d 'Every layer\'s shape, parameters and MACs as well.'
complete -c deconv -n '__deconv_at check' -l select -r -f -d 'Only these rules: DCV2,DCV110.'
complete -c deconv -n '__deconv_at check' -l ignore -r -f -d 'Not these rules.'
complete -c deconv -n '__deconv_at check' -l strict -d 'Warnings are errors.'
complete -c deconv -n '__deconv_at check' -l config -r -F -d 'Settings, a TOML file.'
complete -c deconv -n '__deconv_at check' -l isolated -d 'No settings but those of this line.'
complete -c deconv -n '__deconv_at check' -l lock -d 'Write every layer\'s size to deconv.lock.'
complete -c deconv -n '__deconv_at check' -l locked -d 'Sizes must be those of deconv.lock.'
complete -c deconv -n '__deconv_at check' -l jobs -r -f -d 'Processes.'
complete -c deconv -n '__deconv_at check' -s q -l quiet -d 'Nothing if there is nothing to tell.'
complete -c deconv -n '__deconv_at check' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at dialects' -f -k -a 'caffe\t coreml\t cudnn\t flax\t jax\t keras\t keras@tensorflow\t keras@torch\t keras@jax\t keras2\t mlx\t mxnet\t onednn\t onnx\t onnx@onnxruntime\t onnx@reference\t onnx@shape_inference\t openvino\t paddle\t tensorflow\t tensorrt\t tflite\t tinygrad\t torch\t webnn\t'
complete -c deconv -n '__deconv_at dialects' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'How the result is printed.'
complete -c deconv -n '__deconv_at dialects' -s q -l quiet -d 'Only the bare result.'
complete -c deconv -n '__deconv_at dialects' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at draw' -f
complete -c deconv -n '__deconv_at draw' -s D -l dialect -l framework -r -f -k -a 'caffe\t coreml\t cudnn\t flax\t jax\t keras\t keras@tensorflow\t keras@torch\t keras@jax\t keras2\t mlx\t mxnet\t onednn\t onnx\t onnx@onnxruntime\t onnx@reference\t onnx@shape_inference\t openvino\t paddle\t tensorflow\t tensorrt\t tflite\t tinygrad\t torch\t webnn\t' -d 'Whose words these are: caffe, coreml, cudnn, flax, jax, keras, keras2, mlx, mxnet, onednn, onnx, openvino, paddle, tensorflow, tensorrt, tflite, tinygrad, torch, webnn; or one implementation, such as keras@torch. For shape also several, as torch,keras, or all.'
complete -c deconv -n '__deconv_at draw' -l in -r -f -d 'Input size: 5, 5x5; symbols: N, HxW, 2N-1.'
complete -c deconv -n '__deconv_at draw' -s k -l kernel -l kernel-size -r -f -d 'Kernel size: 3, 3x5.'
complete -c deconv -n '__deconv_at draw' -s s -l stride -l strides -r -f -d 'Stride: how far apart two inputs lie in the output.'
complete -c deconv -n '__deconv_at draw' -s p -l padding -r -f -k -a 'valid\t same\t' -d 'valid, same, 1, 1x2, or begin:end per axis: 1:2,0:1.'
complete -c deconv -n '__deconv_at draw' -l op -l output-padding -r -f -d 'Elements given back at the end of each axis.'
complete -c deconv -n '__deconv_at draw' -s d -l dilation -l dilation-rate -r -f -d 'Dilation: how far apart two kernel elements lie.'
complete -c deconv -n '__deconv_at draw' -s g -l groups -r -f -d 'Groups of channels.'
complete -c deconv -n '__deconv_at draw' -l in-channels -r -f -d 'Input channels.'
complete -c deconv -n '__deconv_at draw' -l out-channels -l filters -r -f -d 'Output channels.'
complete -c deconv -n '__deconv_at draw' -l output-size -l output-shape -r -f -d 'Ask for this output size.'
complete -c deconv -n '__deconv_at draw' -l auto-pad -r -f -d 'ONNX, OpenVINO: SAME_UPPER ...'
complete -c deconv -n '__deconv_at draw' -l transpose-kernel -d 'JAX, Flax.'
complete -c deconv -n '__deconv_at draw' -l data-format -r -f -d 'channels_last, NCHW ...'
complete -c deconv -n '__deconv_at draw' -l batch -r -f -d 'Batch size.'
complete -c deconv -n '__deconv_at draw' -s o -l out -r -F -d 'What to write: .svg, .png or .html.'
complete -c deconv -n '__deconv_at draw' -l frame -r -f -d 'This frame alone; of a PNG, the last.'
complete -c deconv -n '__deconv_at draw' -l force -d 'Write over an existing file.'
complete -c deconv -n '__deconv_at draw' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'How the result is printed.'
complete -c deconv -n '__deconv_at draw' -s q -l quiet -d 'Only the bare result.'
complete -c deconv -n '__deconv_at draw' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at explain' -f
complete -c deconv -n '__deconv_at explain' -s D -l dialect -l framework -r -f -k -a 'caffe\t coreml\t cudnn\t flax\t jax\t keras\t keras@tensorflow\t keras@torch\t keras@jax\t keras2\t mlx\t mxnet\t onednn\t onnx\t onnx@onnxruntime\t onnx@reference\t onnx@shape_inference\t openvino\t paddle\t tensorflow\t tensorrt\t tflite\t tinygrad\t torch\t webnn\t' -d 'Whose words these are: caffe, coreml, cudnn, flax, jax, keras, keras2, mlx, mxnet, onednn, onnx, openvino, paddle, tensorflow, tensorrt, tflite, tinygrad, torch, webnn; or one implementation, such as keras@torch. For shape also several, as torch,keras, or all.'
complete -c deconv -n '__deconv_at explain' -l in -r -f -d 'Input size: 5, 5x5; symbols: N, HxW, 2N-1.'
complete -c deconv -n '__deconv_at explain' -s k -l kernel -l kernel-size -r -f -d 'Kernel size: 3, 3x5.'
complete -c deconv -n '__deconv_at explain' -s s -l stride -l strides -r -f -d 'Stride: how far apart two inputs lie in the output.'
complete -c deconv -n '__deconv_at explain' -s p -l padding -r -f -k -a 'valid\t same\t' -d 'valid, same, 1, 1x2, or begin:end per axis: 1:2,0:1.'
complete -c deconv -n '__deconv_at explain' -l op -l output-padding -r -f -d 'Elements given back at the end of each axis.'
complete -c deconv -n '__deconv_at explain' -s d -l dilation -l dilation-rate -r -f -d 'Dilation: how far apart two kernel elements lie.'
complete -c deconv -n '__deconv_at explain' -s g -l groups -r -f -d 'Groups of channels.'
complete -c deconv -n '__deconv_at explain' -l in-channels -r -f -d 'Input channels.'
complete -c deconv -n '__deconv_at explain' -l out-channels -l filters -r -f -d 'Output channels.'
complete -c deconv -n '__deconv_at explain' -l output-size -l output-shape -r -f -d 'Ask for this output size.'
complete -c deconv -n '__deconv_at explain' -l auto-pad -r -f -d 'ONNX, OpenVINO: SAME_UPPER ...'
complete -c deconv -n '__deconv_at explain' -l transpose-kernel -d 'JAX, Flax.'
complete -c deconv -n '__deconv_at explain' -l data-format -r -f -d 'channels_last, NCHW ...'
complete -c deconv -n '__deconv_at explain' -l batch -r -f -d 'Batch size.'
complete -c deconv -n '__deconv_at explain' -l why -r -f -d 'Which inputs reach this output element, and by which taps of the kernel.'
complete -c deconv -n '__deconv_at explain' -l compare -r -f -d 'Dialects to hold the layer against, all, or none; torch,keras if left out.'
complete -c deconv -n '__deconv_at explain' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'How the result is printed.'
complete -c deconv -n '__deconv_at explain' -s q -l quiet -d 'Only the bare result.'
complete -c deconv -n '__deconv_at explain' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at rule' -f
complete -c deconv -n '__deconv_at rule' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'How the result is printed.'
complete -c deconv -n '__deconv_at rule' -s q -l quiet -d 'Only the bare result.'
complete -c deconv -n '__deconv_at rule' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at run' -f -k -a '(__deconv_files .npy)'
complete -c deconv -n '__deconv_at run' -s D -l dialect -l framework -r -f -k -a 'caffe\t coreml\t cudnn\t flax\t jax\t keras\t keras@tensorflow\t keras@torch\t keras@jax\t keras2\t mlx\t mxnet\t onednn\t onnx\t onnx@onnxruntime\t onnx@reference\t onnx@shape_inference\t openvino\t paddle\t tensorflow\t tensorrt\t tflite\t tinygrad\t torch\t webnn\t' -d 'Whose words these are: caffe, coreml, cudnn, flax, jax, keras, keras2, mlx, mxnet, onednn, onnx, openvino, paddle, tensorflow, tensorrt, tflite, tinygrad, torch, webnn; or one implementation, such as keras@torch. For shape also several, as torch,keras, or all.'
complete -c deconv -n '__deconv_at run' -l in -r -f -d 'Input size: 5, 5x5; symbols: N, HxW, 2N-1.'
complete -c deconv -n '__deconv_at run' -s k -l kernel -l kernel-size -r -f -d 'Kernel size: 3, 3x5.'
complete -c deconv -n '__deconv_at run' -s s -l stride -l strides -r -f -d 'Stride: how far apart two inputs lie in the output.'
complete -c deconv -n '__deconv_at run' -s p -l padding -r -f -k -a 'valid\t same\t' -d 'valid, same, 1, 1x2, or begin:end per axis: 1:2,0:1.'
complete -c deconv -n '__deconv_at run' -l op -l output-padding -r -f -d 'Elements given back at the end of each axis.'
complete -c deconv -n '__deconv_at run' -s d -l dilation -l dilation-rate -r -f -d 'Dilation: how far apart two kernel elements lie.'
complete -c deconv -n '__deconv_at run' -s g -l groups -r -f -d 'Groups of channels.'
complete -c deconv -n '__deconv_at run' -l in-channels -r -f -d 'Input channels.'
complete -c deconv -n '__deconv_at run' -l out-channels -l filters -r -f -d 'Output channels.'
complete -c deconv -n '__deconv_at run' -l output-size -l output-shape -r -f -d 'Ask for this output size.'
complete -c deconv -n '__deconv_at run' -l auto-pad -r -f -d 'ONNX, OpenVINO: SAME_UPPER ...'
complete -c deconv -n '__deconv_at run' -l transpose-kernel -d 'JAX, Flax.'
complete -c deconv -n '__deconv_at run' -l data-format -r -f -d 'channels_last, NCHW ...'
complete -c deconv -n '__deconv_at run' -l batch -r -f -d 'Batch size.'
complete -c deconv -n '__deconv_at run' -l rank -r -f -d 'Spatial axes of INPUT.npy: 1 to 3.'
complete -c deconv -n '__deconv_at run' -l weights -r -f -k -a '(__deconv_files .npy)' -d 'Weights in the dialect\'s layout.'
complete -c deconv -n '__deconv_at run' -l bias -r -f -k -a '(__deconv_files .npy)' -d 'One number per output channel.'
complete -c deconv -n '__deconv_at run' -l out -r -f -k -a '(__deconv_files .npy)' -d 'Write the output here.'
complete -c deconv -n '__deconv_at run' -l force -d 'Write over an existing file.'
complete -c deconv -n '__deconv_at run' -l cast -d 'Take integers, as float64.'
complete -c deconv -n '__deconv_at run' -l dtype -r -f -k -a 'float16\t float32\t float64\t' -d 'Of random input.'
complete -c deconv -n '__deconv_at run' -l seed -r -f -d 'Of random numbers.'
complete -c deconv -n '__deconv_at run' -l threads -r -f -d 'Default: one per usable CPU.'
complete -c deconv -n '__deconv_at run' -l max-memory -r -f -d 'Limit, as 2GiB; default: what is available.'
complete -c deconv -n '__deconv_at run' -l mmap -d 'Compute from file to file in blocks, for arrays beyond memory.'
complete -c deconv -n '__deconv_at run' -l repeat -r -f -d 'Time so many further calls.'
complete -c deconv -n '__deconv_at run' -l engine -r -f -k -a 'numba\t numpy\t reference\t' -d 'What computes.'
complete -c deconv -n '__deconv_at run' -l against -r -f -d 'Compare with these frameworks, as torch,keras; they must be installed.'
complete -c deconv -n '__deconv_at run' -l check -d 'Check every value by another computation.'
complete -c deconv -n '__deconv_at run' -l reference -r -f -k -a '(__deconv_files .npy)' -d 'Compare this output with it too.'
complete -c deconv -n '__deconv_at run' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'How the result is printed.'
complete -c deconv -n '__deconv_at run' -s q -l quiet -d 'Only the bare result.'
complete -c deconv -n '__deconv_at run' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at schema' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at shape' -f
complete -c deconv -n '__deconv_at shape' -s D -l dialect -l framework -r -f -k -a 'caffe\t coreml\t cudnn\t flax\t jax\t keras\t keras@tensorflow\t keras@torch\t keras@jax\t keras2\t mlx\t mxnet\t onednn\t onnx\t onnx@onnxruntime\t onnx@reference\t onnx@shape_inference\t openvino\t paddle\t tensorflow\t tensorrt\t tflite\t tinygrad\t torch\t webnn\t all\t' -d 'Whose words these are: caffe, coreml, cudnn, flax, jax, keras, keras2, mlx, mxnet, onednn, onnx, openvino, paddle, tensorflow, tensorrt, tflite, tinygrad, torch, webnn; or one implementation, such as keras@torch. For shape also several, as torch,keras, or all.'
complete -c deconv -n '__deconv_at shape' -l in -r -f -d 'Input size: 5, 5x5; symbols: N, HxW, 2N-1.'
complete -c deconv -n '__deconv_at shape' -s k -l kernel -l kernel-size -r -f -d 'Kernel size: 3, 3x5.'
complete -c deconv -n '__deconv_at shape' -s s -l stride -l strides -r -f -d 'Stride: how far apart two inputs lie in the output.'
complete -c deconv -n '__deconv_at shape' -s p -l padding -r -f -k -a 'valid\t same\t' -d 'valid, same, 1, 1x2, or begin:end per axis: 1:2,0:1.'
complete -c deconv -n '__deconv_at shape' -l op -l output-padding -r -f -d 'Elements given back at the end of each axis.'
complete -c deconv -n '__deconv_at shape' -s d -l dilation -l dilation-rate -r -f -d 'Dilation: how far apart two kernel elements lie.'
complete -c deconv -n '__deconv_at shape' -s g -l groups -r -f -d 'Groups of channels.'
complete -c deconv -n '__deconv_at shape' -l in-channels -r -f -d 'Input channels.'
complete -c deconv -n '__deconv_at shape' -l out-channels -l filters -r -f -d 'Output channels.'
complete -c deconv -n '__deconv_at shape' -l output-size -l output-shape -r -f -d 'Ask for this output size.'
complete -c deconv -n '__deconv_at shape' -l auto-pad -r -f -d 'ONNX, OpenVINO: SAME_UPPER ...'
complete -c deconv -n '__deconv_at shape' -l transpose-kernel -d 'JAX, Flax.'
complete -c deconv -n '__deconv_at shape' -l data-format -r -f -d 'channels_last, NCHW ...'
complete -c deconv -n '__deconv_at shape' -l batch -r -f -d 'Batch size.'
complete -c deconv -n '__deconv_at shape' -l expect -r -f -d 'Exit 1 unless the output has this size.'
complete -c deconv -n '__deconv_at shape' -l macs -d 'Multiply-accumulates and parameters as well.'
complete -c deconv -n '__deconv_at shape' -l jsonl -r -F -d 'One request a line, one answer a line; - for standard input.'
complete -c deconv -n '__deconv_at shape' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'How the result is printed.'
complete -c deconv -n '__deconv_at shape' -s q -l quiet -d 'Only the bare result.'
complete -c deconv -n '__deconv_at shape' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at sizes' -F
complete -c deconv -n '__deconv_at sizes' -l network -r -f -d 'Only the network of this name.'
complete -c deconv -n '__deconv_at sizes' -l at -r -f -d 'Your size, in place of the one in the file.'
complete -c deconv -n '__deconv_at sizes' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'How the result is printed.'
complete -c deconv -n '__deconv_at sizes' -s q -l quiet -d 'Only the bare result.'
complete -c deconv -n '__deconv_at sizes' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at verify' -s D -l dialect -l framework -r -f -k -a 'caffe\t coreml\t cudnn\t flax\t jax\t keras\t keras@tensorflow\t keras@torch\t keras@jax\t keras2\t mlx\t mxnet\t onednn\t onnx\t onnx@onnxruntime\t onnx@reference\t onnx@shape_inference\t openvino\t paddle\t tensorflow\t tensorrt\t tflite\t tinygrad\t torch\t webnn\t' -d 'Only this dialect or implementation; may be repeated. Default: all installed.'
complete -c deconv -n '__deconv_at verify' -s n -l n -r -f -d 'Layers a framework.'
complete -c deconv -n '__deconv_at verify' -l seed -r -f -d 'Of the layers drawn.'
complete -c deconv -n '__deconv_at verify' -l require -d 'Fail where one of the frameworks that CI has is missing.'
complete -c deconv -n '__deconv_at verify' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'How the result is printed.'
complete -c deconv -n '__deconv_at verify' -s q -l quiet -d 'Only the bare result.'
complete -c deconv -n '__deconv_at verify' -s h -l help -d 'Show this message and exit.'
