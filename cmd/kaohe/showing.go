package main

import (
	"bytes"

	"github.com/spf13/cobra"
)

// showing is how a command that asks for figures shows the answer.
type showing struct {
	output string // table, json or csv
	all    bool   // leave nothing out: no indicator of a scorecard, no page of an explanation
	bom    bool   // begin the CSV with a mark that tells its encoding
}

// flags adds what all these commands have; all is for those that leave something out.
func (s *showing) flags(c *cli, cmd *cobra.Command) {
	cmd.Flags().BoolVar(&s.bom, "bom", false, c.say("CSV 前加 UTF-8 标记，供 Excel 识别", "begin the CSV with a UTF-8 mark, for Excel"))
	s.outputFlag(c, cmd)
}

func (s *showing) outputFlag(c *cli, cmd *cobra.Command) {
	cmd.Flags().VarP(choice(&s.output, "table", "json", "csv"), "output", "o", c.say(
		"输出格式；CSV 里以 = + - @ 开头的文字前加 '，以免被当作公式", "output; in a CSV, a text that begins with = + - @ gets a ' before it, lest it be taken for a formula"))
}

// passOn prints the server's JSON as it came.
func (c *cli) passOn(body []byte) error {
	_, err := c.stdout.Write(append(bytes.TrimSpace(body), '\n'))
	return err
}
