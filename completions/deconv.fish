# Completion of deconv for fish.
# Written by `python -m deconvcli.cli.completions`; changes here are lost.

# Whether the line is at this command; without an argument, whether no command is typed yet.
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

# These words, each after the commas and words that are typed already.
function __deconv_list
    set -l token (commandline -ct | string replace -r -- '^--[^=]*=' '')
    printf '%s\n' (string replace -r -- '[^,]*$' '' "$token")$argv
end

complete -c deconv -f

complete -c deconv -n '__deconv_at' -a shape -d 'Print the output size of a layer, as any framework computes it.'
complete -c deconv -n '__deconv_at' -a explain -d 'Explain step by step how a layer computes its output size.'
complete -c deconv -n '__deconv_at' -a draw -d 'Draw a layer as an animated SVG, a PNG, or an interactive page.'
complete -c deconv -n '__deconv_at' -a run -d 'Compute a layer on a file or random numbers; check the result.'
complete -c deconv -n '__deconv_at' -a check -d 'Check the networks in config files, for people and for CI.'
complete -c deconv -n '__deconv_at' -a sizes -d 'List the input sizes for which a network with skips works.'
complete -c deconv -n '__deconv_at' -a rule -d 'Explain a finding: what it means, why it matters, how to fix it.'
complete -c deconv -n '__deconv_at' -a schema -d 'Print the JSON Schema of config files, for editors.'
complete -c deconv -n '__deconv_at' -a verify -d 'Compare our predictions with the installed frameworks.'
complete -c deconv -n '__deconv_at' -a bench -d 'Time our kernel and the installed frameworks in one run.'
complete -c deconv -n '__deconv_at' -a dialects -d 'List what each framework accepts and how that was verified.'
complete -c deconv -n '__deconv_at' -s V -l version -d 'Show the version and exit.'
complete -c deconv -n '__deconv_at' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at shape' -f
complete -c deconv -n '__deconv_at shape' -l in -r -f -d 'Input size: 5 or 5x5; letters give a formula: N, HxW, 2N-1.'
complete -c deconv -n '__deconv_at shape' -s k -l kernel -l kernel-size -r -f -d 'Kernel size: 3 or 3x5.'
complete -c deconv -n '__deconv_at shape' -s s -l stride -l strides -r -f -d 'Stride: the distance in the output between two inputs.'
complete -c deconv -n '__deconv_at shape' -s p -l padding -r -f -k -a 'valid\t same\t' -d 'Padding: valid, same, 1, 1x2, or begin:end per axis: 1:2,0:1.'
complete -c deconv -n '__deconv_at shape' -s D -l dialect -l framework -r -f -k -a '(__deconv_list caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras2 mlx mxnet onednn onnx onnx@onnxruntime onnx@reference onnx@shape_inference openvino paddle tensorflow tensorrt tflite tinygrad torch webnn all)' -d 'The dialect of the options, such as torch or keras@jax; several dialects, or all, are compared. [default: as --padding suggests]'
complete -c deconv -n '__deconv_at shape' -l op -l output-padding -r -f -d 'Elements added back at the end of each axis.'
complete -c deconv -n '__deconv_at shape' -s d -l dilation -l dilation-rate -r -f -d 'Dilation: the distance between two kernel elements.'
complete -c deconv -n '__deconv_at shape' -s g -l groups -r -f -d 'Number of channel groups.'
complete -c deconv -n '__deconv_at shape' -l in-channels -r -f -d 'Number of input channels.'
complete -c deconv -n '__deconv_at shape' -l out-channels -l filters -r -f -d 'Number of output channels.'
complete -c deconv -n '__deconv_at shape' -l batch -r -f -d 'Batch size.'
complete -c deconv -n '__deconv_at shape' -l output-size -l output-shape -r -f -d 'Output size to request, in dialects with such a parameter.'
complete -c deconv -n '__deconv_at shape' -l auto-pad -r -f -d 'Padding by a word in ONNX, OpenVINO and TensorRT: SAME_UPPER, VALID ...'
complete -c deconv -n '__deconv_at shape' -l transpose-kernel -d 'Flip the kernel, in JAX and Flax.'
complete -c deconv -n '__deconv_at shape' -l data-format -r -f -d 'Order of the axes: channels_last, NCHW ...'
complete -c deconv -n '__deconv_at shape' -l expect -r -f -d 'Exit with 1 unless the output has this size.'
complete -c deconv -n '__deconv_at shape' -l macs -d 'Count multiply-accumulates and parameters too.'
complete -c deconv -n '__deconv_at shape' -l jsonl -r -F -d 'Answer the requests in FILE, one JSON object per line; - is standard input.'
complete -c deconv -n '__deconv_at shape' -s o -l out -r -F -d 'Write the result to FILE instead of printing it.'
complete -c deconv -n '__deconv_at shape' -l force -d 'Replace an existing file.'
complete -c deconv -n '__deconv_at shape' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'Format of the result.'
complete -c deconv -n '__deconv_at shape' -s q -l quiet -d 'Print only the output size.'
complete -c deconv -n '__deconv_at shape' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at explain' -f
complete -c deconv -n '__deconv_at explain' -l in -r -f -d 'Input size: 5 or 5x5; letters give formulas: N, HxW, 2N-1.'
complete -c deconv -n '__deconv_at explain' -s k -l kernel -l kernel-size -r -f -d 'Kernel size: 3 or 3x5.'
complete -c deconv -n '__deconv_at explain' -s s -l stride -l strides -r -f -d 'Stride: the distance in the output between two inputs.'
complete -c deconv -n '__deconv_at explain' -s p -l padding -r -f -k -a 'valid\t same\t' -d 'Padding: valid, same, 1, 1x2, or begin:end per axis: 1:2,0:1.'
complete -c deconv -n '__deconv_at explain' -s D -l dialect -l framework -r -f -k -a '(__deconv_list caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras2 mlx mxnet onednn onnx onnx@onnxruntime onnx@reference onnx@shape_inference openvino paddle tensorflow tensorrt tflite tinygrad torch webnn)' -d 'The dialect of the options, such as torch or keras@jax; further dialects are compared with it. [default: as --padding suggests]'
complete -c deconv -n '__deconv_at explain' -l op -l output-padding -r -f -d 'Elements added back at the end of each axis.'
complete -c deconv -n '__deconv_at explain' -s d -l dilation -l dilation-rate -r -f -d 'Dilation: the distance between two kernel elements.'
complete -c deconv -n '__deconv_at explain' -s g -l groups -r -f -d 'Number of channel groups.'
complete -c deconv -n '__deconv_at explain' -l in-channels -r -f -d 'Number of input channels.'
complete -c deconv -n '__deconv_at explain' -l out-channels -l filters -r -f -d 'Number of output channels.'
complete -c deconv -n '__deconv_at explain' -l batch -r -f -d 'Batch size.'
complete -c deconv -n '__deconv_at explain' -l output-size -l output-shape -r -f -d 'Output size to request, in dialects with such a parameter.'
complete -c deconv -n '__deconv_at explain' -l auto-pad -r -f -d 'Padding by a word in ONNX, OpenVINO and TensorRT: SAME_UPPER, VALID ...'
complete -c deconv -n '__deconv_at explain' -l transpose-kernel -d 'Flip the kernel, in JAX and Flax.'
complete -c deconv -n '__deconv_at explain' -l data-format -r -f -d 'Order of the axes: channels_last, NCHW ...'
complete -c deconv -n '__deconv_at explain' -l why -r -f -d 'List the inputs that reach this output element, and the kernel elements (taps) by which they do.'
complete -c deconv -n '__deconv_at explain' -l compare -r -f -k -a '(__deconv_list caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras2 mlx mxnet onednn onnx onnx@onnxruntime onnx@reference onnx@shape_inference openvino paddle tensorflow tensorrt tflite tinygrad torch webnn all none)' -d 'Compare the layer with these dialects, all, or none. [default: torch,keras]'
complete -c deconv -n '__deconv_at explain' -s o -l out -r -F -d 'Write the result to FILE instead of printing it.'
complete -c deconv -n '__deconv_at explain' -l force -d 'Replace an existing file.'
complete -c deconv -n '__deconv_at explain' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'Format of the result.'
complete -c deconv -n '__deconv_at explain' -s q -l quiet -d 'Print only the output size, or the pairs of --why.'
complete -c deconv -n '__deconv_at explain' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at draw' -f
complete -c deconv -n '__deconv_at draw' -s o -l out -r -F -d 'The file to write; its name ends in .svg, .png or .html.'
complete -c deconv -n '__deconv_at draw' -l in -r -f -d 'Input size: 5 or 5x5.'
complete -c deconv -n '__deconv_at draw' -s k -l kernel -l kernel-size -r -f -d 'Kernel size: 3 or 3x5.'
complete -c deconv -n '__deconv_at draw' -s s -l stride -l strides -r -f -d 'Stride: the distance in the output between two inputs.'
complete -c deconv -n '__deconv_at draw' -s p -l padding -r -f -k -a 'valid\t same\t' -d 'Padding: valid, same, 1, 1x2, or begin:end per axis: 1:2,0:1.'
complete -c deconv -n '__deconv_at draw' -s D -l dialect -l framework -r -f -k -a 'caffe\t coreml\t cudnn\t flax\t jax\t keras\t keras@tensorflow\t keras@torch\t keras@jax\t keras2\t mlx\t mxnet\t onednn\t onnx\t onnx@onnxruntime\t onnx@reference\t onnx@shape_inference\t openvino\t paddle\t tensorflow\t tensorrt\t tflite\t tinygrad\t torch\t webnn\t' -d 'The dialect of the options, such as torch or keras@jax. [default: as --padding suggests]'
complete -c deconv -n '__deconv_at draw' -l op -l output-padding -r -f -d 'Elements added back at the end of each axis.'
complete -c deconv -n '__deconv_at draw' -s d -l dilation -l dilation-rate -r -f -d 'Dilation: the distance between two kernel elements.'
complete -c deconv -n '__deconv_at draw' -s g -l groups -r -f -d 'Number of channel groups.'
complete -c deconv -n '__deconv_at draw' -l in-channels -r -f -d 'Number of input channels.'
complete -c deconv -n '__deconv_at draw' -l out-channels -l filters -r -f -d 'Number of output channels.'
complete -c deconv -n '__deconv_at draw' -l batch -r -f -d 'Batch size.'
complete -c deconv -n '__deconv_at draw' -l output-size -l output-shape -r -f -d 'Output size to request, in dialects with such a parameter.'
complete -c deconv -n '__deconv_at draw' -l auto-pad -r -f -d 'Padding by a word in ONNX, OpenVINO and TensorRT: SAME_UPPER, VALID ...'
complete -c deconv -n '__deconv_at draw' -l transpose-kernel -d 'Flip the kernel, in JAX and Flax.'
complete -c deconv -n '__deconv_at draw' -l data-format -r -f -d 'Order of the axes: channels_last, NCHW ...'
complete -c deconv -n '__deconv_at draw' -l frame -r -f -d 'Draw only this frame. [default: all; the last in a PNG]'
complete -c deconv -n '__deconv_at draw' -l force -d 'Replace an existing file.'
complete -c deconv -n '__deconv_at draw' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'Format of the result.'
complete -c deconv -n '__deconv_at draw' -s q -l quiet -d 'Print only the file\'s name.'
complete -c deconv -n '__deconv_at draw' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at run' -f -k -a '(__deconv_files .npy)'
complete -c deconv -n '__deconv_at run' -l in -r -f -d 'Size of random input: 5 or 5x5; an input file has its own.'
complete -c deconv -n '__deconv_at run' -s k -l kernel -l kernel-size -r -f -d 'Kernel size: 3 or 3x5. [default: that of --weights, else 3]'
complete -c deconv -n '__deconv_at run' -s s -l stride -l strides -r -f -d 'Stride: the distance in the output between two inputs.'
complete -c deconv -n '__deconv_at run' -s p -l padding -r -f -k -a 'valid\t same\t' -d 'Padding: valid, same, 1, 1x2, or begin:end per axis: 1:2,0:1.'
complete -c deconv -n '__deconv_at run' -s D -l dialect -l framework -r -f -k -a 'caffe\t coreml\t cudnn\t flax\t jax\t keras\t keras@tensorflow\t keras@torch\t keras@jax\t keras2\t mlx\t mxnet\t onednn\t onnx\t onnx@onnxruntime\t onnx@reference\t onnx@shape_inference\t openvino\t paddle\t tensorflow\t tensorrt\t tflite\t tinygrad\t torch\t webnn\t' -d 'The dialect of the options, such as torch or keras@jax. [default: as --padding suggests]'
complete -c deconv -n '__deconv_at run' -l op -l output-padding -r -f -d 'Elements added back at the end of each axis.'
complete -c deconv -n '__deconv_at run' -s d -l dilation -l dilation-rate -r -f -d 'Dilation: the distance between two kernel elements.'
complete -c deconv -n '__deconv_at run' -s g -l groups -r -f -d 'Number of channel groups.'
complete -c deconv -n '__deconv_at run' -l in-channels -r -f -d 'Number of input channels.'
complete -c deconv -n '__deconv_at run' -l out-channels -l filters -r -f -d 'Number of output channels.'
complete -c deconv -n '__deconv_at run' -l batch -r -f -d 'Batch size.'
complete -c deconv -n '__deconv_at run' -l output-size -l output-shape -r -f -d 'Output size to request, in dialects with such a parameter.'
complete -c deconv -n '__deconv_at run' -l auto-pad -r -f -d 'Padding by a word in ONNX, OpenVINO and TensorRT: SAME_UPPER, VALID ...'
complete -c deconv -n '__deconv_at run' -l transpose-kernel -d 'Flip the kernel, in JAX and Flax.'
complete -c deconv -n '__deconv_at run' -l data-format -r -f -d 'Order of the axes: channels_last, NCHW ...'
complete -c deconv -n '__deconv_at run' -l weights -r -f -k -a '(__deconv_files .npy)' -d 'Weights, in the dialect\'s layout.'
complete -c deconv -n '__deconv_at run' -l bias -r -f -k -a '(__deconv_files .npy)' -d 'Bias: one number per output channel.'
complete -c deconv -n '__deconv_at run' -s o -l out -r -f -k -a '(__deconv_files .npy)' -d 'Write the output array to Y.npy.'
complete -c deconv -n '__deconv_at run' -l check -d 'Check every value by an independent computation.'
complete -c deconv -n '__deconv_at run' -l against -r -f -k -a '(__deconv_list caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras2 mlx mxnet onednn onnx onnx@onnxruntime onnx@reference onnx@shape_inference openvino paddle tensorflow tensorrt tflite tinygrad torch webnn)' -d 'Compare the values with these frameworks, such as torch,keras; they must be installed.'
complete -c deconv -n '__deconv_at run' -l reference -r -f -k -a '(__deconv_files .npy)' -d 'Compare the values with those in Y.npy.'
complete -c deconv -n '__deconv_at run' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'Format of the result.'
complete -c deconv -n '__deconv_at run' -s q -l quiet -d 'Print only the output shape.'
complete -c deconv -n '__deconv_at run' -l force -d 'Replace an existing file.'
complete -c deconv -n '__deconv_at run' -l rank -r -f -d 'Number of spatial axes of INPUT.npy, 1 to 3.'
complete -c deconv -n '__deconv_at run' -l cast -d 'Accept integer input, converted to float64.'
complete -c deconv -n '__deconv_at run' -l dtype -r -f -k -a 'float16\t float32\t float64\t' -d 'Number type of random input. [default: float32]'
complete -c deconv -n '__deconv_at run' -l seed -r -f -d 'Seed of the random numbers.'
complete -c deconv -n '__deconv_at run' -l engine -r -f -k -a 'numba\t numpy\t reference\t' -d 'Engine that computes the layer.'
complete -c deconv -n '__deconv_at run' -l threads -r -f -d 'Number of threads. [default: one per usable CPU]'
complete -c deconv -n '__deconv_at run' -l repeat -r -f -d 'Time N more calls.'
complete -c deconv -n '__deconv_at run' -l max-memory -r -f -d 'Refuse to use more memory, such as 2GiB. [default: what is available]'
complete -c deconv -n '__deconv_at run' -l mmap -d 'Compute from file to file in blocks, for arrays larger than memory.'
complete -c deconv -n '__deconv_at run' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at check' -F
complete -c deconv -n '__deconv_at check' -l table -d 'Show each layer\'s shape, parameters and MACs too.'
complete -c deconv -n '__deconv_at check' -l fix-hints -d 'Show the exact edits that would fix each finding; no file is changed.'
complete -c deconv -n '__deconv_at check' -l select -r -f -k -a '(__deconv_list DCV101 DCV102 DCV103 DCV104 DCV105 DCV106 DCV107 DCV108 DCV109 DCV110 DCV111 DCV120 DCV201 DCV202 DCV203 DCV204 DCV205 DCV206 DCV207)' -d 'Check only these rules: DCV2,DCV110.'
complete -c deconv -n '__deconv_at check' -l ignore -r -f -k -a '(__deconv_list DCV101 DCV102 DCV103 DCV104 DCV105 DCV106 DCV107 DCV108 DCV109 DCV110 DCV111 DCV120 DCV201 DCV202 DCV203 DCV204 DCV205 DCV206 DCV207)' -d 'Do not check these rules.'
complete -c deconv -n '__deconv_at check' -l strict -d 'Treat warnings as errors.'
complete -c deconv -n '__deconv_at check' -s o -l out -l output -r -F -d 'Write the findings to FILE instead of printing them.'
complete -c deconv -n '__deconv_at check' -l format -r -f -k -a 'github\t gitlab\t json\t jsonl\t junit\t markdown\t sarif\t text\t' -d 'Format of the findings.'
complete -c deconv -n '__deconv_at check' -s q -l quiet -d 'Print nothing if there are no findings.'
complete -c deconv -n '__deconv_at check' -l force -d 'Replace an existing file.'
complete -c deconv -n '__deconv_at check' -l jobs -r -f -d 'Number of processes.'
complete -c deconv -n '__deconv_at check' -l config -r -F -d 'TOML file with settings.'
complete -c deconv -n '__deconv_at check' -l isolated -d 'Ignore the project\'s settings.'
complete -c deconv -n '__deconv_at check' -l lock -d 'Write each layer\'s size to deconv.lock.'
complete -c deconv -n '__deconv_at check' -l locked -d 'Compare the sizes with deconv.lock.'
complete -c deconv -n '__deconv_at check' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at sizes' -F
complete -c deconv -n '__deconv_at sizes' -l at -r -f -d 'Your input size, instead of the one in the file.'
complete -c deconv -n '__deconv_at sizes' -l network -r -f -d 'Show only the network of this name.'
complete -c deconv -n '__deconv_at sizes' -s o -l out -r -F -d 'Write the result to FILE instead of printing it.'
complete -c deconv -n '__deconv_at sizes' -l force -d 'Replace an existing file.'
complete -c deconv -n '__deconv_at sizes' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'Format of the result.'
complete -c deconv -n '__deconv_at sizes' -s q -l quiet -d 'Print only the sizes that work.'
complete -c deconv -n '__deconv_at sizes' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at rule' -f -k -a 'DCV101\t DCV102\t DCV103\t DCV104\t DCV105\t DCV106\t DCV107\t DCV108\t DCV109\t DCV110\t DCV111\t DCV120\t DCV201\t DCV202\t DCV203\t DCV204\t DCV205\t DCV206\t DCV207\t unreadable\t unknown-key\t missing-key\t illegal-value\t unknown-name\t empty-output\t wrong-channels\t wrong-groups\t unexpected-size\t unequal-sizes\t no-formula\t changed-size\t uneven-overlap\t gaps\t asymmetric-crop\t not-portable\t argument-order\t useless-macs\t deviation\t'
complete -c deconv -n '__deconv_at rule' -s o -l out -r -F -d 'Write the result to FILE instead of printing it.'
complete -c deconv -n '__deconv_at rule' -l force -d 'Replace an existing file.'
complete -c deconv -n '__deconv_at rule' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'Format of the result.'
complete -c deconv -n '__deconv_at rule' -s q -l quiet -d 'Print only the codes, or the page.'
complete -c deconv -n '__deconv_at rule' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at schema' -s o -l out -r -F -d 'Write the schema to FILE instead of printing it.'
complete -c deconv -n '__deconv_at schema' -l force -d 'Replace an existing file.'
complete -c deconv -n '__deconv_at schema' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at verify' -s D -l dialect -l framework -r -f -k -a '(__deconv_list caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras2 mlx mxnet onednn onnx onnx@onnxruntime onnx@reference onnx@shape_inference openvino paddle tensorflow tensorrt tflite tinygrad torch webnn)' -d 'Verify only these, such as torch,keras@jax. [default: all installed]'
complete -c deconv -n '__deconv_at verify' -s n -l n -r -f -d 'Number of layers per framework.'
complete -c deconv -n '__deconv_at verify' -l seed -r -f -d 'Seed of the random layers.'
complete -c deconv -n '__deconv_at verify' -l require -d 'Fail if a framework that our CI uses is not installed.'
complete -c deconv -n '__deconv_at verify' -s o -l out -r -F -d 'Write the result to FILE instead of printing it.'
complete -c deconv -n '__deconv_at verify' -l force -d 'Replace an existing file.'
complete -c deconv -n '__deconv_at verify' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'Format of the result.'
complete -c deconv -n '__deconv_at verify' -s q -l quiet -d 'Print only the number of disagreements.'
complete -c deconv -n '__deconv_at verify' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at bench' -f
complete -c deconv -n '__deconv_at bench' -l suite -r -f -k -a 'few\t real\t study\t unseen\t' -d 'Suite of layers to time. [default: study]'
complete -c deconv -n '__deconv_at bench' -l list -d 'List the layers of the suites and time nothing.'
complete -c deconv -n '__deconv_at bench' -s D -l frameworks -r -f -k -a '(__deconv_list caffe coreml cudnn flax jax keras keras@tensorflow keras@torch keras@jax keras2 mlx mxnet onednn onnx onnx@onnxruntime onnx@reference onnx@shape_inference openvino paddle tensorflow tensorrt tflite tinygrad torch webnn)' -d 'Time only these frameworks, such as torch,onnx@onnxruntime. [default: all installed]'
complete -c deconv -n '__deconv_at bench' -l seconds -r -f -d 'Time for each engine on each layer, including pauses.'
complete -c deconv -n '__deconv_at bench' -l threads -r -f -d 'Number of threads. [default: one per usable CPU]'
complete -c deconv -n '__deconv_at bench' -l dtype -r -f -k -a 'float32\t float64\t' -d 'Number type of all arrays.'
complete -c deconv -n '__deconv_at bench' -l engine -r -f -k -a 'numba\t numpy\t reference\t' -d 'Which of our engines to time.'
complete -c deconv -n '__deconv_at bench' -l in -r -f -d 'Input size: 64 or 64x64.'
complete -c deconv -n '__deconv_at bench' -s k -l kernel -l kernel-size -r -f -d 'Kernel size: 3 or 3x5.'
complete -c deconv -n '__deconv_at bench' -s s -l stride -l strides -r -f -d 'Stride: the distance in the output between two inputs.'
complete -c deconv -n '__deconv_at bench' -s p -l padding -r -f -k -a 'valid\t same\t' -d 'Padding: valid, same, 1, 1x2, or begin:end per axis: 1:2,0:1.'
complete -c deconv -n '__deconv_at bench' -l dialect -l framework -r -f -k -a 'caffe\t coreml\t cudnn\t flax\t jax\t keras\t keras@tensorflow\t keras@torch\t keras@jax\t keras2\t mlx\t mxnet\t onednn\t onnx\t onnx@onnxruntime\t onnx@reference\t onnx@shape_inference\t openvino\t paddle\t tensorflow\t tensorrt\t tflite\t tinygrad\t torch\t webnn\t' -d 'The dialect of these options. [default: as --padding suggests]'
complete -c deconv -n '__deconv_at bench' -l op -l output-padding -r -f -d 'Elements added back at the end of each axis.'
complete -c deconv -n '__deconv_at bench' -s d -l dilation -l dilation-rate -r -f -d 'Dilation: the distance between two kernel elements.'
complete -c deconv -n '__deconv_at bench' -s g -l groups -r -f -d 'Number of channel groups.'
complete -c deconv -n '__deconv_at bench' -l in-channels -r -f -d 'Number of input channels.'
complete -c deconv -n '__deconv_at bench' -l out-channels -l filters -r -f -d 'Number of output channels.'
complete -c deconv -n '__deconv_at bench' -l batch -r -f -d 'Batch size.'
complete -c deconv -n '__deconv_at bench' -l output-size -l output-shape -r -f -d 'Output size to request, in dialects with such a parameter.'
complete -c deconv -n '__deconv_at bench' -l auto-pad -r -f -d 'Padding by a word in ONNX, OpenVINO and TensorRT: SAME_UPPER, VALID ...'
complete -c deconv -n '__deconv_at bench' -l transpose-kernel -d 'Flip the kernel, in JAX and Flax.'
complete -c deconv -n '__deconv_at bench' -l data-format -r -f -d 'Order of the axes: channels_last, NCHW ...'
complete -c deconv -n '__deconv_at bench' -s o -l out -r -F -d 'Write the result to FILE instead of printing it.'
complete -c deconv -n '__deconv_at bench' -l force -d 'Replace an existing file.'
complete -c deconv -n '__deconv_at bench' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'Format of the result.'
complete -c deconv -n '__deconv_at bench' -s q -l quiet -d 'Print only the summary, or the names of --list.'
complete -c deconv -n '__deconv_at bench' -s h -l help -d 'Show this message and exit.'

complete -c deconv -n '__deconv_at dialects' -f -k -a 'caffe\t coreml\t cudnn\t flax\t jax\t keras\t keras@tensorflow\t keras@torch\t keras@jax\t keras2\t mlx\t mxnet\t onednn\t onnx\t onnx@onnxruntime\t onnx@reference\t onnx@shape_inference\t openvino\t paddle\t tensorflow\t tensorrt\t tflite\t tinygrad\t torch\t webnn\t'
complete -c deconv -n '__deconv_at dialects' -s o -l out -r -F -d 'Write the result to FILE instead of printing it.'
complete -c deconv -n '__deconv_at dialects' -l force -d 'Replace an existing file.'
complete -c deconv -n '__deconv_at dialects' -l format -r -f -k -a 'html\t json\t jsonl\t markdown\t text\t' -d 'Format of the result.'
complete -c deconv -n '__deconv_at dialects' -s q -l quiet -d 'Print only the names.'
complete -c deconv -n '__deconv_at dialects' -s h -l help -d 'Show this message and exit.'
