#!/usr/bin/env bash
# Trains the golden models of the present file format into this folder:
#
#     tests/data/models/make_models.sh PROGRAM v6
#     UPDATE_EXPECT=1 cargo test --test behaviour golden
#
# Run it once for each version of the format, with the program that introduces it, and commit the files. They are never
# made again: `tests/golden.rs` compares labels and scores of every version with those that its own program gave.
set -euo pipefail
program=$(realpath "$1")
version=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Every sixth text of the project's own corpus, so that all topics and both languages occur.
awk 'NR % 6 == 1' "$here/../../../datasets/news.jsonl" > "$work/train.jsonl"
awk 'NR % 12 == 4' "$here/../../../datasets/news.jsonl" > "$work/apart.jsonl"
if [ "$version" = v6 ]; then
    # Classifiers of fastText, which has to be on the PATH: n-grams of words, and of characters in a quantised file.
    jq -r '"__label__\(.topic) \(.title) \(.text)" | gsub("\n"; " ")' "$work/train.jsonl" > "$work/train.txt"
    common=(-input "$work/train.txt" -dim 8 -epoch 20 -lr 0.5 -thread 1 -seed 1)
    fasttext supervised "${common[@]}" -output "$work/words" -minCount 3 -wordNgrams 2 -bucket 400
    fasttext supervised "${common[@]}" -output "$work/characters" -minCount 8 -minn 2 -maxn 3 -bucket 300 -loss ova
    for name in words characters; do
        "$program" import "$work/$name.bin" --head topic -o "$work/$name.standpoint"
    done
    cp "$work/words.standpoint" "$here/$version-fasttext-words.standpoint"
    "$program" quantize "$work/characters.standpoint" "$work/apart.jsonl" --labels topic --text title,text --bits 16 \
        --max-loss 100 -o "$here/$version-fasttext-characters.standpoint" > "$work/report.json"
    exit
fi
labels=$(grep -o '"topic": "[a-z]*"' "$work/train.jsonl" | cut -d'"' -f4 | sort -u)
{
    printf ','; echo "$labels" | paste -sd,
    for truth in $labels; do
        printf '%s' "$truth"
        for answer in $labels; do
            [ "$truth" = "$answer" ] && printf ',0' || { [ "$truth" = conflict ] && printf ',3' || printf ',1'; }
        done
        echo
    done
} > "$work/costs.csv"
"$program" background "$work/train.jsonl" --text title,text -o "$work/words.vectors" --vocabulary 200 --dimensions 4 \
    --min-df 2

# train NAME CORPUS OPTION…
train() {
    local name=$1 corpus=$2
    shift 2
    "$program" train "$corpus" --text title,text --label topic --labels stance --name "$name" \
        -o "$here/$version-$name.standpoint" "$@"
}

if [ "$version" != v4 ]; then
# Dense weights, character n-grams, compounds, thresholds of the greatest F1, Platt, fingerprints.
train svm "$work/train.jsonl" --classifier svm --word-ngrams 1-2 --char-ngrams 3-4 --max-features 400
# Sparse weights, isotonic and temperature calibration, conformal prediction out of fold.
train lr-sparse "$work/train.jsonl" --classifier lr --penalty l1 -C 4 --calibrate stance=isotonic \
    --calibrate topic=temperature --abstain --max-features 400 --no-fingerprints
# Naive Bayes on raw counts, costs of answers, thresholds for a recall.
train nb-costs "$work/train.jsonl" --classifier nb --tf raw --idf none --norm none --max-features 300 \
    --thresholds "topic=cost=$work/costs.csv" --thresholds 'stance=recall>=0.8'
# A stack, and another classifier for one head.
train stack "$work/train.jsonl" --classifier topic=stack --classifier stance=nbsvm --max-features 200 --folds 3
# One language, no compounds, and a calibration set that is kept apart.
train apart "$work/train.jsonl" --calibration-set "$work/apart.jsonl" --language de --no-compounds --max-features 300
# Fixed thresholds, stop words, no stems; decision values as scores.
train ridge-fixed "$work/train.jsonl" --classifier ridge --thresholds fixed --stop-words drop --no-stem --max-features 300
fi
[ "$version" = v3 ] && exit
# Eight bits, an exponent of the norm, word vectors folded into the weights.
train compact "$work/train.jsonl" --compact --norm-exponent 1.3 --background "$work/words.vectors" \
    --background-terms 50 --max-features 300 --char-ngrams 3-5 --thresholds stance=cost=1.5,1
# Sparse weights with an exponent of the norm.
train exponent "$work/train.jsonl" --classifier lr --penalty elasticnet --l1-ratio 0.9 --norm-exponent 1.2 \
    --max-features 300
[ "$version" = v4 ] && exit
# Quantised: sixteen bits, and eight bits of sparse weights with fewer terms; front-coded terms.
"$program" quantize "$here/$version-svm.standpoint" "$work/apart.jsonl" -o "$here/$version-sixteen-bits.standpoint" \
    --bits 16 --max-loss 100 > "$work/report.json"
"$program" quantize "$here/$version-lr-sparse.standpoint" "$work/apart.jsonl" --max-loss 100 --bits 8 --terms 200 \
    -o "$here/$version-eight-bits.standpoint" > "$work/report.json"
