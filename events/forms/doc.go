// Package forms knows what must be filled in to record a fact, and reads what people fill in.
//
// [Catalogue] is the plan's catalogue of events as programs see it: GET /v1/catalogue answers with it in JSON. A program
// that has it can offer a form, a sheet or a command line for every type of event, in both languages.
//
// [Convert] turns what was typed into a value of a field: 1800万元, 0.35亿, 30人次, full-width digits, 2018年3月5日, 20180305, the
// Chinese or English title of a choice, √. It only translates ways of writing, exactly, and says what it understood. What
// may mean two things (3/5/2018, 三百五, 2018年3月 for a day) is not guessed at. What it does not understand stays text, with a
// fault that says what to write, and the intake refuses it: there is one place that decides what is valid.
//
// Numbers are converted by moving the point of their decimal digits; no binary number is ever made of them. A column may
// have a unit ([Unit], [ConvertIn]): then 1800 under 万元 is 18,000,000.00, but 1800元 is 1,800.00 there, too.
package forms
