package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events/intake"
)

// showReceipt prints what became of the event.
func (c *cli) showReceipt(cl *client, a answer, notes []string, output string) error {
	var r intake.Answer
	if json.Unmarshal(a.body, &r) != nil || len(r.Events) != 1 {
		return cl.problem(a)
	}
	out := r.Events[0]
	people := c.stdout
	if output == "json" {
		fmt.Fprintf(c.stdout, "%s\n", strings.TrimSpace(string(a.body)))
		people = c.stderr // stdout is for programs
	}
	for _, note := range notes {
		c.line(people, note)
	}
	if out.Status == intake.StatusRefused {
		if output != "json" {
			c.showRefusal(out)
		}
		return refused()
	}
	if output != "json" {
		c.showRecorded(out)
	}
	return nil
}

func (c *cli) showRecorded(out intake.EventAnswer) {
	if out.Status == intake.StatusNew {
		c.line(c.stdout, c.sayf("已登记，位置 %s（%s，编号 %s）", "recorded as %s (%s, id %s)", out.Position, out.Type, out.ID))
	} else {
		c.line(c.stdout, c.sayf("先前已登记，位置 %s（%s，编号 %s），不重复计数", "already recorded as %s (%s, id %s), not counted twice", out.Position, out.Type, out.ID))
	}
	for _, w := range out.Warnings {
		c.line(c.stderr, c.say("注意: ", "warning: ")+w.Message)
	}
}

func (c *cli) showRefusal(out intake.EventAnswer) {
	code, message := "", ""
	var faults []intake.FaultAnswer
	if out.Error != nil {
		code, message, faults = out.Error.Code, out.Error.Message, out.Error.Faults
	}
	c.line(c.stderr, c.sayf("未接受（%s）：什么都没有登记", "refused (%s): nothing was recorded", code))
	if len(faults) == 0 || code == intake.CodeConflict {
		c.line(c.stderr, "  "+message)
	}
	for i, f := range faults {
		c.line(c.stderr, "  "+strconv.Itoa(i+1)+". "+f.Message)
	}
}
