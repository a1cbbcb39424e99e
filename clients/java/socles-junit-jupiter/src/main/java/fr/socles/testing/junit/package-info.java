/** The JUnit Jupiter extension. */
package fr.socles.testing.junit;
