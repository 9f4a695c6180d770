package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"oracle/semver"
)

// The form without v is that of Go's vulnerability records.
func withV(side string) string {
	text := side[1:]
	if text != "" && text[0] >= '0' && text[0] <= '9' {
		return "v" + text
	}
	return text
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		sides := strings.Split(lines.Text(), "\t")
		a, b := withV(sides[0]), withV(sides[1])
		if !semver.IsValid(a) || !semver.IsValid(b) {
			fmt.Fprintln(out, "?")
			continue
		}
		fmt.Fprintln(out, [...]string{"<", "=", ">"}[semver.Compare(a, b)+1])
	}
}
