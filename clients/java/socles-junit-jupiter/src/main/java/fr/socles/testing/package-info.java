/** The test kit of Socles: one workspace, what it holds, and waits that explain themselves when they fail. */
package fr.socles.testing;
